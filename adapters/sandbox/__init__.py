"""A local Discord and a local Telegram, strict as the real ones, and a page to use them."""
