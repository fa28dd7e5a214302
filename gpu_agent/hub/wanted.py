"""What a model needs from which repository, from its entry alone: pure, nothing is asked and no disk is looked at.

Pickled weights can run code when they are loaded. They are never fetched, whatever an entry's patterns say.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from gpu_agent.catalogue import Component, Encoder, Model, Weights
from gpu_agent.hub.fault import HubFault

REFERENCE = "reference"
_SAFE = (".safetensors", ".json", ".txt", ".model", ".jinja")
_PICKLED = (".bin", ".ckpt", ".pt", ".pth", ".pkl")
_WEIGHTS = ".safetensors"
_NET = ("config.json", "diffusion_pytorch_model.safetensors", "diffusion_pytorch_model-*.safetensors", "*.index.json")
_READER = ("config.json", "preprocessor_config.json", "model.safetensors", "model-*.safetensors")
_INDEX = "model_index.json"
DETECTORS = {
    "depth": ("depth-anything/Depth-Anything-V2-Small-hf",),
    "pose": ("usyd-community/vitpose-base-simple", "PekingU/rtdetr_r50vd_coco_o365"),
}
"""What finds a kind's map in a picture: small models that every ControlNet of that kind shares."""
# model.fp16.safetensors, diffusion_pytorch_model.fp16-00001-of-00002.safetensors
_VARIANT = re.compile(r"[^/.]\.(\w+)(-\d+-of-\d+)?\.safetensors$")


@dataclass(frozen=True)
class Wanted:
    """Some files of one repository. `what` says in words what they are, `terms` what may be done with them.

    Patterns are the shell's, and `*` crosses folders; without any, all that a diffusers folder consists of is meant.
    `without` are patterns to leave out.
    """

    what: str
    repo: str
    revision: str = ""
    patterns: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    variant: str = ""
    terms: str = ""

    @property
    def weighs(self) -> bool:
        """Are there weights among what is wanted?"""
        hoped_for = any(pattern.endswith((_WEIGHTS, "/*")) for pattern in self.patterns or ("/*",))
        return hoped_for and f"*{_WEIGHTS}" not in self.without


def wanted(model: Model, extras: Iterable[str] = ()) -> tuple[Wanted, ...]:
    """The repositories that this model and these of its extras (kinds of ControlNet, "reference") come from, in the
    order they should be fetched in; a kind brings what finds it in pictures, too.

    Raises HubFault for an extra that the model does not have.
    """
    further = [each for extra in dict.fromkeys(extras) for each in _extra(model, extra)]
    return tuple(dict.fromkeys((*_own(model), *further)))


def chosen(want: Wanted, names: Iterable[str]) -> tuple[str, ...]:
    """Those of a repository's files that are wanted, in its order."""
    safe = [name for name in names if name.endswith(_SAFE) and ".." not in PurePosixPath(name).parts]
    if want.patterns:
        fitting = [name for name in safe if _fits(name, want.patterns)]
    else:
        inside = [name for name in safe if name == _INDEX or len(PurePosixPath(name).parts) == 2]
        fitting = list(_of_one_variant(inside, want.variant))
    return tuple(name for name in fitting if not _fits(name, want.without))


def only_pickled(names: Iterable[str], among: Iterable[str]) -> str:
    """A pickled file `among` a repository's, in a folder of which these names hold no safetensors; empty if none."""
    named = [PurePosixPath(name) for name in names]
    weighing = {name.parent for name in named if name.suffix == _WEIGHTS}
    bare = ({name.parent for name in named} or {PurePosixPath()}) - weighing
    return next((name for name in among if name.endswith(_PICKLED) and PurePosixPath(name).parent in bare), "")


def is_weights(name: str) -> bool:
    """Is this one of the large files?"""
    return name.endswith(_WEIGHTS)


def _own(model: Model) -> Iterator[Wanted]:
    if model.repo is not None:
        without = tuple(_replaced(model))
        yield Wanted(model.name, model.repo, model.revision, model.files, without, model.variant, _terms(model))
    for name, part in model.components.items():
        yield from _component(f"{name} of {model.name}", part)
    for lora in model.fused:
        yield from _net(f"LoRA of {model.name}", lora)


def _replaced(model: Model) -> Iterator[str]:
    """Patterns of the weights that files of one's own take the place of; the settings beside them are needed still."""
    if model.file is not None:
        yield f"*{_WEIGHTS}"
    names = [part.name for part in model.parts if part.role == "denoiser"] or ["transformer"]
    for name, own in zip(names, (model.denoiser, model.denoiser_2), strict=False):
        if own is not None:
            yield from (f"{name}/*{_WEIGHTS}", f"{name}/*.index.json")


def _component(what: str, part: Component) -> Iterator[Wanted]:
    if part.repo is not None:
        patterns = part.files or tuple(f"*{suffix}" for suffix in _SAFE)
        yield Wanted(what, part.repo, part.revision, _within(part.subfolder, patterns), terms=_terms(part))


def _extra(model: Model, extra: str) -> Iterator[Wanted]:
    nets = {str(kind): net for kind, net in model.controlnets.items()}
    if extra in nets:
        yield from _net(f"ControlNet of {model.name}", nets[extra])
        yield from (Wanted(f"what finds {extra} in a picture", repo, "", _READER) for repo in DETECTORS.get(extra, ()))
    elif extra == REFERENCE and model.adapter is not None:
        yield from _adapter(model.name, model.adapter)
    else:
        offers = ", ".join((*nets, *((REFERENCE,) if model.adapter is not None else ()))) or "nothing of the kind"
        raise HubFault("fetch-extra", {"model": model.id, "extra": extra, "offers": offers})


def _net(what: str, net: Weights) -> Iterator[Wanted]:
    if net.repo is not None:
        patterns = net.files or ((net.file,) if net.file else _NET)
        yield Wanted(what, net.repo, net.revision, _within(net.subfolder, patterns), terms=_terms(net))


def _adapter(model: str, adapter: Encoder) -> Iterator[Wanted]:
    """The adapter itself, and its image encoder, which may come from another repository."""
    encoder = _within(adapter.encoder, _READER)
    if adapter.repo is not None:
        own = _within(adapter.subfolder, (adapter.file,))
        yield Wanted(f"IP-Adapter of {model}", adapter.repo, adapter.revision, own, terms=_terms(adapter))
        if adapter.encoder_repo is None:
            yield Wanted(f"image encoder of {model}", adapter.repo, adapter.revision, encoder)
    if adapter.encoder_repo is not None:
        yield Wanted(f"image encoder of {model}", adapter.encoder_repo, "", encoder)


def _terms(entry: Model | Weights) -> str:
    return entry.licence if entry.commercial else f"{entry.licence}: not for commercial use"


def _within(subfolder: str, patterns: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{subfolder}/{pattern}" if subfolder else pattern for pattern in patterns)


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _of_one_variant(names: list[str], variant: str) -> Iterator[str]:
    """Of each folder the weights of this variant where it has them, else those without any."""
    variants = {name: (found := _VARIANT.search(name)) and found[1] for name in names if is_weights(name)}
    for name in names:
        beside = {kind for other, kind in variants.items() if PurePosixPath(other).parent == PurePosixPath(name).parent}
        if name not in variants or variants[name] == (variant if variant in beside else None):
            yield name
