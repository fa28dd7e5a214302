"""The mirror of gpu_agent/hub."""
