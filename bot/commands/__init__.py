"""The command table that every platform builds its menus from, with its handlers."""
