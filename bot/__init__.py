"""The news desk: the core that knows articles, readers and opinions, and nothing outside itself."""
