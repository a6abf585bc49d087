"""How many species a series shows, and whether they are only one that moves."""
