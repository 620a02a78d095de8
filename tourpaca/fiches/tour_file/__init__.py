"""A tour as a file: read, planned, written and exported; the users' own fiches.yaml is one (docs/tour-file.md)."""
