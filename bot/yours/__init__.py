"""What people bring along and take away: hand-kept ledgers, pictures rendered elsewhere, figures, data sets."""
