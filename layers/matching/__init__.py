"""Records that lack a place, and places that several departments record."""
