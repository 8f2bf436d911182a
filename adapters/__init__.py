"""Everything that touches the outside world, each platform in its own column."""
