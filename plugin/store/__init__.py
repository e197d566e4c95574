"""The database, and nothing but the database. Every query names its shop."""
