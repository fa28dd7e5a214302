"""Files of weights, as small as they can be: written with the formats' own libraries, by the names and lengths of
their tensors alone."""

import pickle
from collections.abc import Iterable, Mapping
from pathlib import Path

import gguf
import numpy as np
from safetensors.numpy import save_file

Shapes = Mapping[str, tuple[int, ...]]


def save(path: Path, tensors: Iterable[str] | Shapes, notes: Mapping[str, str] | None = None) -> Path:
    """A safetensors file; names without a shape get one number. Large shapes would be large files: lengths that only
    have to be told stand beside ones."""
    shapes = tensors if isinstance(tensors, Mapping) else dict.fromkeys(tensors, (1,))
    path.parent.mkdir(parents=True, exist_ok=True)
    zeros = {name: np.zeros(shape, np.uint8) for name, shape in shapes.items()}
    save_file(zeros, path, dict(notes or {}) or None)
    return path


def save_gguf(
    path: Path, shapes: Shapes, kind: gguf.GGMLQuantizationType = gguf.GGMLQuantizationType.F16, architecture: str = "x"
) -> Path:
    """A GGUF file with zeros of one quantization; rows must be a multiple of its blocks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_array("words", ["a", "b"])
    writer.add_array("numbers", [1, 2, 3])
    for name, shape in shapes.items():
        stored = gguf.quant_shape_to_byte_shape(shape, kind)
        writer.add_tensor(name, np.zeros(stored, np.uint8), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


class _Leaves:
    """Whoever unpickles this makes a file at `trace`."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self.trace), "w")


def save_pickle(path: Path, trace: Path) -> Path:
    """A pickle that leaves a trace if it is ever executed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps(_Leaves(trace)))
    return path
