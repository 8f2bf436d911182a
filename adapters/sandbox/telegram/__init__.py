"""A local Telegram Bot API server, strict as the real one."""
