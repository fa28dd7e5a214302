"""Levers: what each does, that pictures stay what they were, and what is said where one cannot be had."""
