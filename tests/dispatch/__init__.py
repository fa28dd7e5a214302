"""Tests of dispatch: a real daemon behind a real SSH server, and a line that can be cut."""
