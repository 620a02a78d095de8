"""Who is coming: dossiers, participants, places, waiting lists, and the letters these write."""
