"""The exercises themselves, by subject."""
