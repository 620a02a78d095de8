"""Pages where the team sees who is coming."""
