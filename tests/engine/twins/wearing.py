"""What a model can wear: LoRAs and IP-Adapters that fit its twin."""

# mypy: disable-error-code="no-untyped-call"

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import diffusers
import torch
from safetensors.torch import load_file, save_file

_LAYERS = ("to_q", "to_k", "to_v", "to_out.0", "to_qkv_mlp_proj", "img_mlp.net.0.proj")
_TEXT = "text_model.encoder.layers.0.self_attn.q_proj"


def lora(
    folder: Path,
    file: Path,
    *,
    rank: int = 4,
    alpha: float | None = None,
    seed: int = 0,
    text: bool = False,
    **own: Any,
) -> Path:
    """A LoRA for the denoiser of the pipeline in `folder`, in the form the library saves; `text` adds a layer of the
    first text encoder, `layers` says which ends of names it acts on, `notes` what stands beside the tensors."""
    part = "unet" if (folder / "unet").exists() else "transformer"
    generator = torch.Generator().manual_seed(seed)
    state: dict[str, torch.Tensor] = {}
    for name, (wide, out) in _linear(folder, part, own.get("layers", _LAYERS)):
        state |= _pair(f"{part}.{name}", wide, out, rank, generator)
    if text:
        width = json.loads((folder / "text_encoder" / "config.json").read_bytes())["hidden_size"]
        state |= _pair(f"text_encoder.{_TEXT}", width, width, rank, generator)
    notes: dict[str, str] = dict(own.get("notes", {}))
    if alpha is not None:
        config = {"r": rank, "lora_alpha": alpha, "target_modules": sorted(own.get("layers", _LAYERS))}
        flat = json.dumps({f"{part}.{key}": value for key, value in config.items()})
        notes |= {"lora_adapter_metadata": flat}
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(state, file, metadata={"format": "pt", **notes})
    return file


def _pair(name: str, wide: int, out: int, rank: int, generator: torch.Generator) -> dict[str, torch.Tensor]:
    down = torch.randn(rank, wide, generator=generator) * wide**-0.5
    up = torch.randn(out, rank, generator=generator) * rank**-0.5
    return {f"{name}.lora_A.weight": down, f"{name}.lora_B.weight": up}


def _linear(folder: Path, part: str, ends: tuple[str, ...]) -> Iterator[tuple[str, tuple[int, int]]]:
    library, wanted = json.loads((folder / "model_index.json").read_bytes())[part]
    assert library == "diffusers"
    model = getattr(diffusers, wanted).from_pretrained(folder / part)
    for name, layer in model.named_modules():
        if isinstance(layer, torch.nn.Linear) and name.endswith(ends):
            yield name, (layer.in_features, layer.out_features)


def renamed(file: Path, layer: str, foreign: str, kohya: bool) -> Path:
    """The same LoRA with its layers called as another trainer calls them: the pattern `layer` becomes `foreign`, and in
    kohya's manner the dots are underscores and the two halves `down` and `up`."""
    state: dict[str, torch.Tensor] = {}
    for name, weights in _read(file):
        inner, half = name.split(".", 1)[1].split(".lora_")
        called = re.sub(layer, foreign, inner)
        if kohya:
            called = called.replace(".", "_")
            half = {"A.weight": "down.weight", "B.weight": "up.weight"}[half]
        state[f"{called}.lora_{half}"] = weights
    save_file(state, file.with_stem("foreign"), metadata={"format": "pt"})
    return file.with_stem("foreign")


def widen(file: Path) -> None:
    """Make every layer of this LoRA twice as wide as it is."""
    state = {name: torch.cat([weights, weights], 1) if "lora_A" in name else weights for name, weights in _read(file)}
    save_file(state, file, metadata={"format": "pt"})


def _read(file: Path) -> Iterator[tuple[str, torch.Tensor]]:
    return iter(load_file(file).items())
