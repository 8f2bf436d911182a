"""What the bot says and hears over HTTP: its health, its figures, and what others push to it."""
