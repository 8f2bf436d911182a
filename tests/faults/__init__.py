"""Faults that happen to real processes in the sandbox; ``rows`` has the whole matrix, ``make faults`` runs it.

Where a fault's length is not the point it is shortened, as its test says.
"""
