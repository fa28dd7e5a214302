"""Folders and git repositories that the bot watches for batch files."""
