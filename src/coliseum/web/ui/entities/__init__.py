"""The pages of artists, events, tracks, cities and fans, and the lists of them."""
