"""The promises of `bot/intake`."""
