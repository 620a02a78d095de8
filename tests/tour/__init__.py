"""Announcing: the programme, its pages, and what two organisers do at once."""
