"""One file with everything, encrypted: the database, the evidence, and a list to check it by."""
