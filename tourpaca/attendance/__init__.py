"""Who came: marks, presences, sheets, people on the spot, exports."""
