"""The verbs of the `gpu-agent` command, one file each."""
