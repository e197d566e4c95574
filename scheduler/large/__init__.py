"""Many processes on many machines: who is called to look, who looks, and who calls."""
