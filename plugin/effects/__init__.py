"""Doing what was planned: one claimed row at a time, one function per action."""
