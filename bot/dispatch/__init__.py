"""Getting a job rendered: wake the tower, speak to its agent, file what comes back."""
