"""What the tour taught: texts of the fiches, chiffres clés, publication, booklet."""
