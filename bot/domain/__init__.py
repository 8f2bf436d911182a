"""What the desk knows: frozen data and pure rules."""
