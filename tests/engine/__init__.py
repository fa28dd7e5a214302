"""The engine on tiny twins of every model of the catalogue: the same classes, a few kilobytes of weights."""
