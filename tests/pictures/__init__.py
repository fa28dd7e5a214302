"""The pictures of docs/messages.md: every kind of message as the demo's page shows it, drawn by the demo's model."""
