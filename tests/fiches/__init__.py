"""Chiffres clés, texts and publication of the fiches."""
