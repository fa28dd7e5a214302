"""The small model that ships with the project: a StableDiffusionPipeline for simple scenes, and all that made it.

`weights/` is an ordinary diffusers folder; `gpu_agent/models.toml` lists the digest of each of its files.
"""
