"""Do cues help? Pairs → intervals that stay valid however often one looks. Pure, and in a process of its own."""
