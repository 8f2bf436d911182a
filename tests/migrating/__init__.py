"""Databases of every released shape with much in them, and the way from there to a shape that is still to come."""
