"""Letters: composed, carried, answered."""
