"""Figures for `make bench`: seconds and bytes, measured side by side with what they should be compared to."""
