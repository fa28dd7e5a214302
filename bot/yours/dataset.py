"""Kept pictures with captions, as a folder that trainers of LoRAs read: kohya's, or Hugging Face's imagefolder.

    kohya         OUT/10_red-boat/red-boat-7-JOB.png and .txt beside it; the number says how often each is seen
    imagefolder   OUT/red-boat-7-JOB.png and one OUT/metadata.jsonl

The folder is written under another name and gets its own when it is whole.
"""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.errors import FolderUnfit
from bot.ledger.files import Files
from bot.ledger.taken import KeptPicture


class Form(StrEnum):
    KOHYA = "kohya"
    IMAGEFOLDER = "imagefolder"


class Caption(StrEnum):
    """A person's own words, or what was drawn, with cues and style."""

    ASKED = "asked"
    COMPOSED = "composed"


@dataclass(frozen=True, slots=True)
class Manner:
    """`least` is how many pictures a slug needs, `repeats` kohya's number; `link` makes hard links and no copies."""

    form: Form = Form.KOHYA
    caption: Caption = Caption.ASKED
    least: int = 1
    repeats: int = 10
    link: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """`lost` pictures have no file any more."""

    pictures: int
    slugs: int
    lost: int


def write(found: Sequence[KeptPicture], files: Files, out: Path, manner: Manner) -> Written:
    """Raises FolderUnfit when the folder is not empty, nothing is left to write, or a link cannot be made."""
    out = out.absolute()
    _require_room(out)
    here = [one for one in found if files.has(one.sha256)]
    counts = Counter(one.slug for one in here)
    chosen = [one for one in here if counts[one.slug] >= manner.least]
    if not chosen:
        raise FolderUnfit("nothing-kept")
    unfinished = out.with_name(f"{out.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        _fill(chosen, files, unfinished, manner)
        if out.exists():
            out.rmdir()
        unfinished.rename(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return Written(len(chosen), len({one.slug for one in chosen}), len(found) - len(here))


def _require_room(out: Path) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FolderUnfit("folder-there", folder=str(out))


def _fill(chosen: Iterable[KeptPicture], files: Files, folder: Path, manner: Manner) -> None:
    lines = [_one(one, files.path(one.sha256), folder, manner) for one in chosen]
    if manner.form is Form.IMAGEFOLDER:
        (folder / "metadata.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _one(one: KeptPicture, source: Path, folder: Path, manner: Manner) -> str:
    """The picture with its caption beside it, or the line that tells it."""
    caption = " ".join((one.asked if manner.caption is Caption.ASKED else one.prompt).split())
    name = f"{one.slug}-{one.seed}-{one.job}"
    if manner.form is Form.IMAGEFOLDER:
        _placed(source, folder / f"{name}.png", manner.link)
        return json.dumps({"file_name": f"{name}.png", "text": caption}, ensure_ascii=False)
    place = folder / f"{manner.repeats}_{one.slug}"
    place.mkdir(exist_ok=True)
    _placed(source, place / f"{name}.png", manner.link)
    (place / f"{name}.txt").write_text(f"{caption}\n", encoding="utf-8")
    return ""


def _placed(source: Path, file: Path, link: bool) -> None:
    if not link:
        shutil.copyfile(source, file)
        return
    try:
        os.link(source, file)
    except OSError as error:
        raise FolderUnfit("link-refused", file=str(file), fault=str(error.strerror)) from error
