"""The promises of `bot/schedule`."""
