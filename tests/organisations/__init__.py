"""Names, spellings and identity of organisations."""
