"""The machine we run on: its clock, its log, our place on its disk, one process at a time, and a sign of life."""
