"""Pictures and videos as proof: checked by decoding them, kept private, copied without metadata."""
