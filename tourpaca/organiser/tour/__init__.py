"""Pages where the team writes the programme of a tour."""
