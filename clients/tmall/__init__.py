"""Tmall through the Taobao Open Platform: its protocol (TOP), and what a distributor may call."""
