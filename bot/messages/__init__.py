"""A chat message with no platform in it, and what a reader asks and is answered."""
