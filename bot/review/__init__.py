"""Pictures as people look at them, and as they are checked before anyone does."""
