"""Everything in one file, and everything back from it."""
