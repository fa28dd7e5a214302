"""The promises of `bot/texts`."""
