"""The Discord newsstand: everything that speaks to Discord."""
