"""Frames survive whatever a stream does to their pieces, and anything else is noticed."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_agent.frames import MAGIC, MAX_BANNER, MAX_HEADER, Frame, FrameError, FrameReader, pack
from gpu_agent.value import Message
from gpu_agent.wire import MAX_CHUNK, Chunk, Ping, Refused

nonces = st.text(max_size=40)
messages = st.one_of(
    st.builds(Ping, nonce=nonces),
    st.builds(Refused, job=st.just("j1"), kind=st.text(max_size=20), facts=st.dictionaries(nonces, nonces, max_size=4)),
)
frames = st.builds(Frame, message=messages, payload=st.binary(max_size=300))
banners = st.binary(max_size=MAX_BANNER - 8).filter(lambda banner: MAGIC[:1] not in banner)


def packed(*given_frames: Frame) -> bytes:
    return b"".join(pack(frame.message, frame.payload) for frame in given_frames)


def fed(*slices: bytes) -> list[Frame]:
    reader = FrameReader()
    return [frame for data in slices for frame in reader.feed(data)]


@given(st.lists(frames, max_size=5), st.data())
def test_any_split_of_the_bytes_gives_the_same_frames(sent: list[Frame], data: st.DataObject) -> None:
    """Where the line cuts its slices does not matter."""
    stream = packed(*sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    slices = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert fed(*slices) == sent


@given(frames)
def test_one_byte_at_a_time_is_enough(frame: Frame) -> None:
    """Even the slowest line brings the frame."""
    assert fed(*(bytes([byte]) for byte in packed(frame))) == [frame]


@given(banners, st.lists(frames, min_size=1, max_size=3))
def test_what_a_login_prints_before_the_first_frame_is_skipped(banner: bytes, sent: list[Frame]) -> None:
    """A message of the day costs nothing."""
    assert fed(banner + packed(*sent)) == sent


@given(frames, st.data())
def test_a_flipped_byte_never_gives_another_message(frame: Frame, data: st.DataObject) -> None:
    """Damage is an error or silence, never a different order."""
    stream = bytearray(packed(frame))
    at = data.draw(st.integers(0, len(stream) - 1))
    stream[at] ^= data.draw(st.integers(1, 255))
    with suppress(FrameError):
        assert fed(bytes(stream)) == []


def test_a_flipped_byte_inside_the_payload_is_a_wrong_checksum() -> None:
    """The checksum covers what JSON does not."""
    stream = bytearray(packed(Frame(Ping(), b"x" * 50)))
    stream[-10] ^= 1
    with pytest.raises(FrameError, match="checksum"):
        fed(bytes(stream))


@pytest.mark.parametrize("size", [MAX_BANNER + 1, 100_000])
def test_endless_printing_before_the_first_frame_is_an_error(size: int) -> None:
    """Somebody's shell instead of the agent is found out after 4 KiB."""
    with pytest.raises(FrameError, match="prints on login"):
        fed(b"." * size)


def test_bytes_between_two_frames_are_an_error() -> None:
    """Only the beginning is forgiven."""
    one = packed(Frame(Ping()))
    with pytest.raises(FrameError, match="banner"):
        fed(one + b"Broadcast message from root" + one)


@pytest.mark.parametrize("field", [4, 8])
def test_an_announced_size_above_the_bounds_is_refused_before_it_arrives(field: int) -> None:
    """Nobody makes the other side reserve memory by a number."""
    stream = bytearray(packed(Frame(Ping())))
    stream[field : field + 4] = (MAX_HEADER + MAX_CHUNK).to_bytes(4, "big")
    with pytest.raises(FrameError, match="size"):
        fed(bytes(stream[:12]))


def test_too_large_a_payload_is_refused_by_the_sender() -> None:
    """The bound holds on both sides."""
    chunk: Message = Chunk(sha256="0" * 64, offset=0, total=MAX_CHUNK)
    assert fed(pack(chunk, bytes(MAX_CHUNK))) == [Frame(chunk, bytes(MAX_CHUNK))]
    with pytest.raises(FrameError, match="size"):
        pack(chunk, bytes(MAX_CHUNK + 1))


def test_json_that_is_no_message_of_ours_is_an_error() -> None:
    """A field that nobody knows is not silently dropped."""
    header = pack(Ping(nonce="abc")).replace(b"nonce", b"Nonce")
    with pytest.raises(FrameError, match="checksum"):
        fed(header)
    with pytest.raises(FrameError, match="message"):
        fed(_with_checksum(header))


def _with_checksum(frame: bytes) -> bytes:
    import zlib

    body = frame[4:-4]
    return MAGIC + body + zlib.crc32(body).to_bytes(4, "big")
