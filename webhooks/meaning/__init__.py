"""From checked bodies to events: what a message means, a file per family. Pure."""
