"""The twins' tokenizers: those that the bench furnishes models with whose own are not here."""

from gpu_agent.engine.bench.tokens import clip, llama, qwen, t5

__all__ = ["clip", "llama", "qwen", "t5"]
