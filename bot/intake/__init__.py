"""The one way in: an ask is checked, composed and committed before anyone says accepted."""
