"""Personal data across all rooms: what is held, why, how long, and who sees it."""
