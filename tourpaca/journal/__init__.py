"""Who did what: an append-only record, written in the same transaction as the act."""
