"""Who may ask, review and administrate, how much, and with which words. Rules alone, without rows."""
