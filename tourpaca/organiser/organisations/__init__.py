"""Pages where the team reviews names and links them."""
