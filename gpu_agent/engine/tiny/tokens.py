"""The tokenizer: every word of the grammar is one token, any other text falls into pieces of words and letters."""

import json
from pathlib import Path
from random import Random
from typing import Any

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
from transformers import CLIPTokenizer

from gpu_agent.engine.tiny.grammar import caption
from gpu_agent.engine.tiny.network import TOKENS
from gpu_agent.engine.tiny.scene import sample
from gpu_agent.engine.tiny.vocabulary import FILLERS

_WORDS = r"[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_ENDS = "<|startoftext|>", "<|endoftext|>"


def words() -> list[str]:
    """All that captions and fillers are made of, sorted."""
    lot = Random(5)
    scenes = [sample(lot) for _ in range(6000)] + [sample(lot, style="sketch") for _ in range(50)]
    said = {word for scene in scenes for word in caption(scene, lot).replace(",", " ").split()}
    return sorted(said | set(FILLERS))


def tokenizer() -> Any:
    """A CLIPTokenizer with these words in its vocabulary, padding to 32 tokens."""
    trained = Tokenizer(models.BPE(end_of_word_suffix="</w>", continuing_subword_prefix=""))
    split = pre_tokenizers.Split(Regex(_WORDS), "removed", invert=True)
    trained.pre_tokenizer = pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    trainer = trainers.BpeTrainer(
        vocab_size=4000,
        min_frequency=1,
        end_of_word_suffix="</w>",
        continuing_subword_prefix="",
        show_progress=False,
    )
    trained.train_from_iterator([" ".join(words())] * 3, trainer)
    merges: Any = [tuple(merge) for merge in json.loads(trained.to_str())["model"]["merges"]]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    entries = [*_ENDS, *letters, *(f"{letter}</w>" for letter in letters), *(first + last for first, last in merges)]
    vocabulary = {entry: number for number, entry in enumerate(dict.fromkeys(entries))}
    return CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=TOKENS)


def kept(work: Path) -> Any:
    """The tokenizer of a training, made once: what is equally frequent is merged in another order each time, and who
    goes on with other numbers has forgotten some words."""
    folder = work / "tokenizer"
    if not folder.exists():
        unfinished = work / "tokenizer.new"
        tokenizer().save_pretrained(unfinished)
        unfinished.rename(folder)
    return CLIPTokenizer.from_pretrained(folder, local_files_only=True)


def numbers(tokenizer: Any, captions: list[str]) -> Any:
    """Token numbers (n, 32) of captions."""
    return tokenizer(captions, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt").input_ids
