"""The promises of `bot/taste`."""
