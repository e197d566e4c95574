"""The outside world: plain values in, plain values out. Knows nothing of cases or policy."""
