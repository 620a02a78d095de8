"""Letters as rows: outbox, composition, delivery, states."""
