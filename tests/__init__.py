"""Tests mirror the source; `test_story.py` tells the whole sentence."""
