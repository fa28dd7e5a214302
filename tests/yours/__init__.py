"""Promises of what people bring along and take away."""
