"""The schema, forward and back, on both engines."""
