"""Headers of GGUF files: the same as the format's own library reads, and an end to what keeps that one busy."""

import struct
from pathlib import Path

import gguf
import pytest
from gguf import GGMLQuantizationType as Kind
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpu_agent import gguf_header, header
from gpu_agent.header import HeaderFault
from tests.agent.weight_files import save_gguf

fuzzed = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
READABLE = [Kind(number) for number in gguf_header.QUANTIZATIONS]


def fault(file: Path) -> HeaderFault:
    with pytest.raises(HeaderFault) as caught:
        header.read(file)
    return caught.value


def made(place: Path, *parts: bytes, tensors: int = 0, notes: int = 0) -> Path:
    file = place / "made.gguf"
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, tensors, notes) + b"".join(parts))
    return file


def name(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


def test_the_quantizations_are_those_of_the_format() -> None:
    """Number, name, block and bytes, against the library's own table."""
    for number, (said, block, width) in gguf_header.QUANTIZATIONS.items():
        assert (Kind(number).name, gguf.GGML_QUANT_SIZES[Kind(number)]) == (said, (block, width))


def test_the_quantizations_are_those_that_the_engine_reads() -> None:
    """None that diffusers would refuse, and none of its own left out."""
    read = pytest.importorskip("diffusers.quantizers.gguf.utils").SUPPORTED_GGUF_QUANT_TYPES
    assert set(READABLE) == {*read, Kind.F32, Kind.F16}


@pytest.mark.parametrize("kind", READABLE, ids=lambda kind: kind.name)
def test_tensors_are_read_as_the_library_reads_them(tmp_path: Path, kind: Kind) -> None:
    """Names, shapes as PyTorch counts them, bytes; notes that are words are kept, lists are passed over."""
    file = save_gguf(tmp_path / "a.gguf", {"a.weight": (3, 512), "b.weight": (1, 2, 256)}, kind, "flux")
    found = header.read(file)
    library = {tensor.name: tensor for tensor in gguf.GGUFReader(file).tensors}
    assert found.tensors.keys() == library.keys()
    for each, tensor in found.tensors.items():
        assert tensor.shape == tuple(library[each].shape.tolist()[::-1])
        assert (tensor.kind, tensor.bytes) == (kind.name, library[each].n_bytes)
    assert found.notes == {"general.architecture": "flux"}
    assert (found.format, found.bytes) == ("gguf", sum(each.n_bytes for each in library.values()))


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    """At each byte, with nothing else raised; one that lacks the end of its last tensor, too."""
    whole = save_gguf(tmp_path / "a.gguf", {"a": (32,), "b": (2, 32)}, Kind.Q8_0)
    content = whole.read_bytes()
    end = gguf.GGUFReader(whole).tensors[-1]
    last = int(end.data_offset + end.n_bytes)  # what follows is only filled up
    cut = tmp_path / "cut.gguf"
    for length in range(last):
        cut.write_bytes(content[:length])
        assert fault(cut).kind in ("file-damaged", "file-cut-short")
    assert fault(cut).kind == "file-cut-short"


@pytest.mark.parametrize("count", [2**40, 2**63, 2**64 - 1])
@pytest.mark.parametrize("of", [0, 6, 8, 9, 12])
def test_a_list_that_never_ends_is_not_gone_through(tmp_path: Path, of: int, count: int) -> None:
    """The library itself would count that far, though the file has sixty bytes."""
    listed = name(b"a") + struct.pack("<IIQ", 9, of, count)
    assert fault(made(tmp_path, listed, notes=1)).kind == "file-damaged"


@pytest.mark.parametrize(
    ("parts", "tensors", "notes"),
    [
        ((), 2**62, 0),
        ((), 0, 2**62),
        ((), 1, 0),
        ((struct.pack("<Q", 2**62),), 1, 0),
        ((name(b"a") + struct.pack("<I", 2**31),), 1, 0),
        ((name(b"a") + struct.pack("<IQQQQIQ", 4, *[2**62] * 4, 0, 0),), 1, 0),
        ((name(b"a") + struct.pack("<IQIQ", 1, 31, 8, 0),), 1, 0),
        ((name(b"a") + struct.pack("<IQIQ", 1, 1, 0, 2**63),), 1, 0),
        ((2 * (name(b"a") + struct.pack("<IQIQ", 1, 1, 0, 0)),), 2, 0),
        ((name(b"a") + struct.pack("<I", 77),), 0, 1),
        ((name(b"general.alignment") + struct.pack("<II", 4, 0),), 0, 1),
        ((name(b"general.alignment") + struct.pack("<II", 4, 7),), 0, 1),
        ((name(b"general.alignment") + struct.pack("<I", 8) + name(b"x"),), 0, 1),
    ],
    ids=str,
)
def test_a_header_that_contradicts_itself_is_damaged(
    tmp_path: Path, parts: tuple[bytes, ...], tensors: int, notes: int
) -> None:
    """Counts, lengths, blocks and places that cannot be."""
    assert fault(made(tmp_path, *parts, tensors=tensors, notes=notes)).kind == "file-damaged"


def test_a_version_of_another_time_is_damaged(tmp_path: Path) -> None:
    """And named, so that a person can look for a newer file."""
    file = tmp_path / "a.gguf"
    file.write_bytes(b"GGUF" + struct.pack("<IQQ", 1, 0, 0))
    assert "version 1" in str(fault(file).facts["fault"])


def test_a_quantization_that_nobody_here_reads_keeps_its_number(tmp_path: Path) -> None:
    """The header is whole; whoever wants to use it can say what it is."""
    tensor = name(b"a") + struct.pack("<IQIQ", 1, 256, 16, 0)
    assert header.read(made(tmp_path, tensor, bytes(98), tensors=1)).tensors["a"].kind == "16"


@fuzzed
@given(data=st.data())
def test_changed_bytes_never_raise_anything_else(tmp_path: Path, data: st.DataObject) -> None:
    """A good file with some bytes of its header changed is read or refused, and either way soon."""
    content = bytearray(save_gguf(tmp_path / "a.gguf", {"a": (32,), "b": (2, 32)}, Kind.Q8_0).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(4, 200))] = data.draw(st.sampled_from([0, 1, 8, 9, 127, 255]))
    file = tmp_path / "fuzz.gguf"
    file.write_bytes(content)
    try:
        found = header.read(file)
    except HeaderFault:
        return
    assert found.bytes <= len(content)
