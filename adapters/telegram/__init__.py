"""The Telegram newsstand: everything that speaks to Telegram."""
