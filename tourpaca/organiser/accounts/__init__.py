"""Pages of the team's access: signing in, sessions, members."""
