"""The use cases of the desk, one module each."""
