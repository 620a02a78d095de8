"""Pages where the team writes, checks and publishes the fiches."""
