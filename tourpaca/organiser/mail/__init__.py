"""Pages where the team writes letters and follows them."""
