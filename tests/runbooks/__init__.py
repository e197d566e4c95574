"""The runbooks, carried out: the commands are taken from the pages themselves."""
