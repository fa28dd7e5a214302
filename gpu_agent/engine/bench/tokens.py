"""Small tokenizers of the kinds that the models use, made without any file of theirs: for models whose own are not
here, so that a prompt has about as many tokens as it would have there."""

# mypy: disable-error-code="no-untyped-call"

import json
from functools import cache
from string import ascii_lowercase, punctuation
from typing import Any

import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from gpu_agent import catalogue, shelf

# Qwen-Image drops what stands before the prompt by its length in tokens: each of these words has to be one.
_TEXT = (
    "system\nDescribe the image by detailing the color, shape, size, texture, quantity, text, spatial relationships of "
    "the objects and background:\nuser\nassistant\na red boat on the sea, a blue circle on a white ground"
)
_TURNS = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def clip() -> Any:
    """The demo's own words, read as far as CLIP reads: 77 tokens."""
    place = shelf.folder(catalogue.load()["demo"])
    assert place is not None
    return transformers.CLIPTokenizer.from_pretrained(place / "tokenizer", model_max_length=77)


def t5() -> Any:
    """Unigram pieces that are single letters."""
    special = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    letters = [(letter, -3.0) for letter in ascii_lowercase + punctuation]
    return transformers.T5Tokenizer(vocab=special + letters, extra_ids=0, model_max_length=512)


def qwen() -> Any:
    """Byte pairs, and the marks around a turn of a conversation."""
    vocabulary, merges = _byte_pairs()
    tokenizer = transformers.Qwen2Tokenizer(
        vocab=vocabulary,
        merges=merges,
        additional_special_tokens=["<|im_start|>", "<|im_end|>"],
        model_max_length=131072,
        chat_template=_TURNS,
    )
    tokenizer.padding_side = "right"
    return tokenizer


def llama() -> Any:
    """Byte pairs with a word at the beginning, as Llama 3 has it."""
    vocabulary, merges = _byte_pairs()
    inner = Tokenizer(models.BPE(vocab=vocabulary, merges=[tuple(pair) for pair in merges]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    inner.add_special_tokens(["<|begin_of_text|>", "<|eot_id|>"])
    beginning = ("<|begin_of_text|>", inner.token_to_id("<|begin_of_text|>"))
    inner.post_processor = processors.TemplateProcessing(single=f"{beginning[0]} $A", special_tokens=[beginning])
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token=beginning[0],
        eos_token="<|eot_id|>",  # noqa: S106  # a mark in the text
        model_max_length=131072,
    )


@cache
def _byte_pairs() -> tuple[dict[str, int], list[Any]]:
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=1000, initial_alphabet=letters, special_tokens=["<|endoftext|>"], show_progress=False
    )
    inner.train_from_iterator([_TEXT], trainer)
    model = json.loads(inner.to_str())["model"]
    return model["vocab"], [tuple(pair) for pair in model["merges"]]
