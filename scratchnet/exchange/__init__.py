"""Out of the library and back: what other programs can use of a trained network."""
