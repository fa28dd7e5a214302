"""Verdicts become cues, cues become words of a prompt. Pure: no input, no output, no clock."""
