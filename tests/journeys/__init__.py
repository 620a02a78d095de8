"""Stories lived in a real browser, one file a story."""
