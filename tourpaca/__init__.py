"""tourpaca: the house; create_app wires the rooms and holds no rule."""
