"""Benchmarks: `make bench`, or `make bench ONLY=sweep`. They report ratios and never fail."""
