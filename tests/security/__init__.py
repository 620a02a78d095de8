"""What strangers, other sites and wicked texts may not do to the house."""
