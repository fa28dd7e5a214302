"""What a bench counts, in which order it measures, and what it says: never how long anything took."""
