"""Fetching weights from the Hugging Face hub: what is wanted, what is missing, and getting it, resumable by offset."""
