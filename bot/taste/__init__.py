"""Verdicts become cues, cues become words of a prompt. Pure but for the taxonomy's file: no ledger, no clock."""
