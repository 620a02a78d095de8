"""Who the organisations are: names, graphies, identity, and links between spellings."""
