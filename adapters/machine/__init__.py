"""The machine we run on: its clock, its log, one process at a time, and a sign of life."""
