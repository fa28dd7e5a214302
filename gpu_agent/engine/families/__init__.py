"""What the families of models do differently, each as one value: names of parts, shapes of latents, words around a
prompt. Everything else is the same for all of them and lives in the engine.

family   the value, and the ways that more than one family goes
known    one value for each family of the catalogue
"""
