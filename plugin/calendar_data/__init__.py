"""China's calendar as data: what the library cannot know, and how far it has been announced."""
