"""Every word a reader sees: from what the desk knows to a Post."""
