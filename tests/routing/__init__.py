"""Routing, pure: what is counted, what is proposed, which road an ask takes."""
