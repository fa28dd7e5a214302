"""The tower's side."""
