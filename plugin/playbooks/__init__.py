"""One file per situation: what the guide says, and the rule that carries it out."""
