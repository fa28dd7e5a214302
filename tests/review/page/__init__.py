"""The review page as people see it: in a real browser, opened from disk."""
