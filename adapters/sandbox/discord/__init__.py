"""A local Discord: REST v10, gateway v10 and the people who use it."""
