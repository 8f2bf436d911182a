"""The pages that the bot itself serves."""
