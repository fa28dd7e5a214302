"""Which files of other programs' model folders are looked at: those below the subfolders that ComfyUI, A1111, Forge,
SwarmUI and InvokeAI are known to keep, and nothing else of what lies around there."""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

WEIGHTS = (".safetensors", ".gguf")
PICKLED = (".ckpt", ".pt", ".pth", ".bin")
RENAMED = (".sft",)  # safetensors under a name by which no library would know them
INDEX = "model_index.json"
_DEEPEST = 8
# As they are written without case, dashes and underscores: the programs do not agree on those.
_MODELS = {"models"}
_DRAWING = {"checkpoints", "stablediffusion", "diffusionmodels", "unet", "main"}
_LORAS = {"loras", "lora", "lycoris"}
_BESIDE = {"vae", "textencoders", "textencoder", "clip", "controlnet", "t5encoder", "clipembed", "qwenencoder"}
_KNOWN = _DRAWING | _LORAS | _BESIDE
# InvokeAI sorts by the model a file is made for and then by its kind; of late each file has a folder of its own.
_BASES = re.compile(r"(any|sd|sdxl|flux|qwen|zimage|cogview)[0-9a-z]*")
_OWN_KIND = "main"
OWN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Seen:
    """A file, or a folder of a whole pipeline. `drawing` says that such a place holds what can be drawn with, so that
    a file there that nobody knows is worth a word. `size` and `changed` tell whether it is still the same."""

    path: Path
    size: int
    changed: int
    drawing: bool


@dataclass(frozen=True)
class Unseen:
    """A folder that could not be looked into, and why."""

    path: Path
    fault: str


def walk(roots: Iterable[Path]) -> Iterator[Seen | Unseen]:
    """Everything of interest below the settings' folders, in their order and that of the names; each file once."""
    walker = _Walker()
    for root in roots:
        yield from walker.below(root, "", 0)


class _Walker:
    def __init__(self) -> None:
        self._been: set[tuple[int, int]] = set()

    def below(self, place: Path, kind: str, depth: int) -> Iterator[Seen | Unseen]:
        """`kind` is the known folder that this lies in, empty above those."""
        try:
            if not self._first_time(os.stat(place)):
                return
            with os.scandir(place) as listing:
                shown = (entry for entry in listing if not entry.name.startswith("."))
                entries = sorted(shown, key=lambda entry: entry.name)
        except OSError as error:
            yield Unseen(place, error.strerror or type(error).__name__)
            return
        kind = kind or _plain(place.name) * (_plain(place.name) in _KNOWN)
        if kind and any(entry.name == INDEX for entry in entries):
            yield from self._file(place / INDEX, kind)
            return
        for entry in entries:
            yield from self._entry(entry, kind, depth)

    def _entry(self, entry: os.DirEntry[str], kind: str, depth: int) -> Iterator[Seen | Unseen]:
        path = Path(entry.path)
        try:
            inside = entry.is_dir()
        except OSError:  # a link to itself
            return
        if inside and depth < _DEEPEST and (kind or _leads_on(entry.name, depth)):
            yield from self.below(path, kind or _OWN_KIND * bool(OWN.fullmatch(entry.name)), depth + 1)
        elif kind and not inside and path.suffix.casefold() in (*WEIGHTS, *PICKLED, *RENAMED):
            yield from self._file(path, kind)

    def _file(self, path: Path, kind: str) -> Iterator[Seen | Unseen]:
        try:
            status = path.stat()
        except OSError:  # a link that leads nowhere, or a file that went meanwhile
            return
        if stat.S_ISREG(status.st_mode) and self._first_time(status):
            yield Seen(path, status.st_size, status.st_mtime_ns, kind in _DRAWING | _LORAS)

    def _first_time(self, status: os.stat_result) -> bool:
        """Links, and folders that lie in one another by them, end here."""
        been = (status.st_dev, status.st_ino)
        if status.st_ino and been in self._been:
            return False
        self._been.add(been)
        return True


def _plain(name: str) -> str:
    return re.sub(r"[-_ ]", "", name.casefold())


def _leads_on(name: str, depth: int) -> bool:
    """Is this a folder to look into, above the known ones? `models` only near the top, where programs have it."""
    plain = _plain(name)
    near = plain in _MODELS and depth == 0
    return plain in _KNOWN or near or OWN.fullmatch(name) is not None or _BASES.fullmatch(plain) is not None
