"""The words of every language, and what turns a record into a sentence with them."""
