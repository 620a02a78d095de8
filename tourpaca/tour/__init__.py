"""The programme: tours, étapes, créneaux, thématiques, ateliers, and the public calendar feed."""
