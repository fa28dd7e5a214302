"""The small model that ships with the project: a StableDiffusionPipeline for flat shapes and simple scenes at 128 px.

`weights/` is an ordinary diffusers folder; `gpu_agent/models.toml` lists the digest of each of its files.
"""
