"""The room that renders."""
