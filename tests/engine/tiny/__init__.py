"""The demo's own model: how its scenes are drawn and named, how it is trained, and who judges it."""
