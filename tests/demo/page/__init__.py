"""The page in a real browser, against the real stand-in and a real discord.py bot."""
