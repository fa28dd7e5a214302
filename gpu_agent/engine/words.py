"""How much of a prompt the tokenizers really read."""

from typing import Any

from gpu_agent.engine.families.family import Family


def dropped(pipeline: Any, family: Family, prompt: str, most: int | None) -> str:
    """The end of the prompt that not even the most patient of the pipeline's tokenizers reads; empty if there is none.
    `most` is the pipeline's own limit in tokens, None if it has none."""
    parts = pipeline.components.items()
    tokenizers = [part for name, part in parts if name.startswith("tokenizer") and part is not None]
    return min((_dropped(pipeline, family, each, prompt, most) for each in tokenizers), key=len, default="")


def _dropped(pipeline: Any, family: Family, tokenizer: Any, prompt: str, most: int | None) -> str:
    text, spared = family.wrapped(pipeline, tokenizer, prompt)
    limit = min(tokenizer.model_max_length, (most or tokenizer.model_max_length) + spared)
    ids = tokenizer(text).input_ids
    if len(ids) <= limit:
        return ""
    if not tokenizer.is_fast:
        return str(tokenizer.decode(ids[limit - 1 :], skip_special_tokens=True))
    return prompt[_read(tokenizer, text, limit) - text.index(prompt) :]


def _read(tokenizer: Any, text: str, limit: int) -> int:
    """How many characters come through. Tokens that stand for no character (beginning, end) are kept besides."""
    spans = tokenizer(text, return_offsets_mapping=True).offset_mapping
    standing = [end for start, end in spans if end > start]
    return int(standing[limit - (len(spans) - len(standing)) - 1])
