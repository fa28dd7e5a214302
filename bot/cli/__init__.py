"""The `darkroom` command, a file per group of verbs."""
