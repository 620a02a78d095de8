"""The team: members, roles, sign-in and sessions."""
