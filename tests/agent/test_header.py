"""Headers of safetensors files: read alone, and never believed against the file's own size."""

import json
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from gpu_agent import folders, header
from gpu_agent.gguf_header import Tensor
from gpu_agent.header import HeaderFault
from tests.agent.weight_files import save, save_pickle

fuzzed = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(place: Path, table: Any, data: bytes = b"", *, length: int | None = None) -> Path:
    text = table if isinstance(table, bytes) else json.dumps(table).encode()
    file = place / "made.safetensors"
    file.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    return file


def fault(file: Path) -> HeaderFault:
    with pytest.raises(HeaderFault) as caught:
        header.read(file)
    return caught.value


def entry(kind: str, shape: Any, *offsets: Any) -> dict[str, Any]:
    return {"dtype": kind, "shape": shape, "data_offsets": list(offsets)}


def test_names_shapes_and_notes_are_read(tmp_path: Path) -> None:
    """As the library wrote them, for several kinds of numbers."""
    file = tmp_path / "a.safetensors"
    save_file({"w": np.zeros((2, 3), np.float16), "b": np.zeros((), np.float32)}, file, {"note": "said"})
    found = header.read(file)
    assert found.tensors == {"w": Tensor((2, 3), "F16", 12), "b": Tensor((), "F32", 4)}
    assert (found.notes, found.format, found.bytes) == ({"note": "said"}, "safetensors", 16)


def test_nothing_behind_the_header_is_read(tmp_path: Path) -> None:
    """A file of a hundred gigabytes costs no more than its header: here it is a hole in the disk."""
    size = 100 * 10**9
    file = written(tmp_path, {"w": entry("F16", [size // 2], 0, size)})
    with file.open("r+b") as stream:
        stream.truncate(file.stat().st_size + size)
    assert header.read(file).bytes == size


def test_a_file_cut_anywhere_is_noticed(tmp_path: Path) -> None:
    """At each byte of the whole file, and told with what is missing."""
    content = save(tmp_path / "a.safetensors", {"one": (3,), "two": (2, 2)}).read_bytes()
    cut = tmp_path / "cut.safetensors"
    for length in range(len(content)):
        cut.write_bytes(content[:length])
        found = fault(cut)
        assert (found.kind, found.facts["bytes"]) == ("file-cut-short", length)
        assert length < int(str(found.facts["expected"])) <= len(content)


def test_a_file_with_more_than_its_header_says_is_damaged(tmp_path: Path) -> None:
    """Two files in one another, as an interrupted download leaves them."""
    file = save(tmp_path / "a.safetensors", ["one"])
    file.write_bytes(file.read_bytes() + b"x")
    assert fault(file).kind == "file-damaged"


@pytest.mark.parametrize("length", [header.LONGEST + 1, 2**31, 2**63, 2**64 - 1])
def test_a_header_of_absurd_length_is_not_read(tmp_path: Path, length: int) -> None:
    """Whatever it claims, no memory is taken for it."""
    assert fault(written(tmp_path, b"{}", length=length)).kind == "file-damaged"


@pytest.mark.parametrize(
    "table",
    [
        *(b"{", b"[]", b"7", b'"w"', b"{}{}", b"\xff{}", b'{"w": {}}', b'{"w": []}', b'{"w": 1}', b'{"w": null}'),
        b"[" * 90_000 + b"]" * 90_000,
        b'{"w": ' + b'{"a": ' * 90_000,
        {"__metadata__": [], "w": entry("U8", [1], 0, 1)},
        {"w": entry("U8", [2], 0, 1)},
        {"w": entry("U8", [-1, -1], 0, 1)},
        {"w": entry("U8", [True], 0, 1)},
        {"w": entry("U8", "1", 0, 1)},
        {"w": entry("U8", [1.0], 0, 1)},
        {"w": entry("NEW", [1], 0, 1)},
        {"w": entry(["U8"], [1], 0, 1)},  # type: ignore[arg-type]
        {"w": entry("U8", [1], 1, 0)},
        {"w": entry("U8", [1], -1, 0)},
        {"w": entry("U8", [1], 0, 1, 2)},
        {"w": entry("U8", [1], "0", "1")},
        {"w": entry("U8", [2**40] * 30, 0, 1)},
        {"w": entry("U8", [1], 0, 1), "v": entry("U8", [1], 0, 1)},
        {"w": entry("U8", [1], 1, 2)},
    ],
    ids=lambda table: str(table)[:40],
)
def test_a_header_that_contradicts_itself_is_damaged(tmp_path: Path, table: Any) -> None:
    """Not JSON, no table, no tensors; lengths, kinds and places that do not fit one another."""
    assert fault(written(tmp_path, table, b"\0")).kind == "file-damaged"


def test_a_pickle_by_another_name_is_damaged_and_never_executed(tmp_path: Path) -> None:
    """The bytes decide, not the suffix; the trace that executing it would leave is not there."""
    trace = tmp_path / "trace"
    file = save_pickle(tmp_path / "a.safetensors", trace)
    assert fault(file).kind == "file-damaged"
    assert not trace.exists()
    pickle.loads(file.read_bytes()).close()
    assert trace.exists()  # it would have


def test_what_cannot_be_opened_is_told_with_the_systems_word(tmp_path: Path) -> None:
    """A file that is gone, and a folder with a file's name."""
    (tmp_path / "folder.safetensors").mkdir()
    assert fault(tmp_path / "gone.safetensors").kind == "file-unreadable"
    assert fault(tmp_path / "folder.safetensors").kind == "file-unreadable"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody writes into it, and opening it would never come back; the walk passes it over."""
    pipe = tmp_path / "loras/pipe.safetensors"
    pipe.parent.mkdir()
    os.mkfifo(pipe)
    assert fault(pipe).kind == "file-unreadable"
    assert list(folders.walk([tmp_path])) == []


@fuzzed
@given(content=st.binary(max_size=400))
def test_random_bytes_never_raise_anything_else(tmp_path: Path, content: bytes) -> None:
    """With and without a plausible beginning."""
    file = tmp_path / "fuzz.safetensors"
    for whole in (content, struct.pack("<Q", len(content)) + content, b"GGUF" + content):
        file.write_bytes(whole)
        with pytest.raises(HeaderFault):
            header.read(file)


@fuzzed
@given(data=st.data())
def test_what_is_accepted_the_library_accepts(tmp_path: Path, data: st.DataObject) -> None:
    """A good file with some bytes of its header changed: whoever passes here is opened there, with the same tensors."""
    content = bytearray(save(tmp_path / "a.safetensors", {"a": (2,), "b": (1, 3)}, {"n": "o"}).read_bytes())
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 6))] = data.draw(st.integers(0, 255))
    file = tmp_path / "fuzz.safetensors"
    file.write_bytes(content)
    try:
        found = header.read(file)
    except HeaderFault:
        return
    with safe_open(file, framework="np") as opened:
        assert set(opened.keys()) == set(found.tensors)
        for name in opened.keys():  # noqa: SIM118  # it is no dictionary
            assert tuple(opened.get_slice(name).get_shape()) == found.tensors[name].shape


@fuzzed
@given(shapes=st.dictionaries(st.text(min_size=1, max_size=9), st.lists(st.integers(0, 4), max_size=3), max_size=5))
def test_what_the_library_writes_is_accepted(tmp_path: Path, shapes: dict[str, list[int]]) -> None:
    """Any names, any shapes, none at all."""
    shapes.pop("__metadata__", None)
    file = tmp_path / "any.safetensors"
    try:
        save(file, {name: tuple(shape) for name, shape in shapes.items()})
    except (SafetensorError, UnicodeEncodeError):
        return
    assert {name: list(tensor.shape) for name, tensor in header.read(file).tensors.items()} == shapes
