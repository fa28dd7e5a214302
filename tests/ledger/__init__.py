"""The promises of `bot/ledger`."""
