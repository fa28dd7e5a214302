"""How much of a prompt the tokenizers really read."""

from typing import Any

from gpu_agent.engine.families.family import Family


def dropped(pipeline: Any, family: Family, prompt: str, most: int | None) -> str:
    """The end of the prompt that not even the most patient of the pipeline's tokenizers reads; empty if there is none.
    `most` is the pipeline's own limit in tokens, None if it has none."""
    parts = pipeline.components.items()
    tokenizers = {name: part for name, part in parts if name.startswith("tokenizer") and part is not None}
    bounds = {name: most if not family.bounded or name in family.bounded else None for name in tokenizers}
    ends = (_dropped(pipeline, family, each, prompt, bounds[name]) for name, each in tokenizers.items())
    return min(ends, key=len, default="")


def _dropped(pipeline: Any, family: Family, tokenizer: Any, prompt: str, most: int | None) -> str:
    text, spared = family.wrapped(pipeline, tokenizer, prompt)
    limit = min(tokenizer.model_max_length, (most or tokenizer.model_max_length) + spared)
    ids = tokenizer(text).input_ids
    if len(ids) <= limit:
        return ""
    if not tokenizer.is_fast:
        return str(tokenizer.decode(ids[limit - 1 :], skip_special_tokens=True)).strip()
    return prompt[_read(tokenizer, text, limit) - text.index(prompt) :].strip()


def _read(tokenizer: Any, text: str, limit: int) -> int:
    """How many characters come through. Tokens that the tokenizer adds (beginning, end) are kept besides."""
    told = tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True)
    ends = [end for (_, end), added in zip(told.offset_mapping, told.special_tokens_mask, strict=True) if not added]
    kept = limit - (len(told.offset_mapping) - len(ends))
    return max(ends[:kept], default=0)
