"""The parts of a unit of work, each a table or a few."""
