"""Clips: what is in the file, that it fits, and that the same frames give the same bytes."""

from io import BytesIO
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from gpu_agent.engine import picture, video
from gpu_agent.engine.fault import Fault
from gpu_agent.order import Order, Receipt

FPS = 16
ORDER = Order(job="j1", model="wan", prompt='a fox, "quick" & brüllend\nfast', seed=1, width=96, height=64, steps=3,
              guidance=1.0, frames=9)  # fmt: skip
RECEIPT = Receipt(
    order=ORDER, model_name="Wan", weights_sha256="0" * 64, pipeline="WanPipeline", scheduler="UniPC", dtype="bfloat16",
    device="a card", threads=1, plan="resident", compiled=False, versions={"diffusers": "0"}, lossy=("fp8",),
)  # fmt: skip


def gliding(frames: int = 9, width: int = 96, height: int = 64) -> Any:
    """A gradient that moves."""
    down, right = np.mgrid[0:height, 0:width].astype("float32")
    one = [np.stack([(right + 4 * t) / 140, (down + 2 * t) / 90, 0 * down + t / 9], axis=-1) for t in range(frames)]
    return np.stack(one).clip(0, 1)


def noise() -> Any:
    return np.random.default_rng(0).random((17, 64, 96, 3)).astype("float32")


def decoded(content: bytes) -> Any:
    with av.open(BytesIO(content), "r") as file:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)])


def test_a_clip_is_h264_that_players_begin_at_once() -> None:
    """Codec, colours, rate and number of frames; the index stands before the pictures."""
    content = video.clip(gliding(), FPS, RECEIPT).content
    with av.open(BytesIO(content), "r") as file:
        stream: Any = file.streams.video[0]
        found = (stream.codec_context.name, stream.pix_fmt, stream.width, stream.height, stream.average_rate)
        assert found == ("h264", "yuv420p", 96, 64, FPS)
        assert len(file.streams) == 1
    assert content.find(b"moov") < content.find(b"mdat")


def test_a_clip_shows_what_was_rendered() -> None:
    """Every frame, in its colours: two of 255 levels off on average, and none lighter or darker as a whole."""
    wanted = gliding() * 255
    apart = decoded(video.clip(gliding(), FPS, RECEIPT).content) - wanted
    assert apart.shape == (9, 64, 96, 3)
    assert np.abs(apart).mean() < 2
    assert np.abs(apart.mean(axis=(0, 1, 2))).max() < 2


def test_the_receipt_is_inside_clip_and_poster() -> None:
    """And says what encoding cost."""
    clip = video.clip(gliding(), FPS, RECEIPT)
    assert clip.receipt == RECEIPT.model_copy(update={"lossy": ("fp8", "H.264 at quality 17")})
    assert video.read_receipt(clip.content) == picture.read_receipt(clip.poster) == clip.receipt
    poster = np.asarray(Image.open(BytesIO(clip.poster)))
    assert (poster == (gliding()[4] * 255).round().astype("uint8")).all()


def test_the_same_frames_give_the_same_bytes() -> None:
    """Other frames, others."""
    once, again, other = (video.clip(frames, FPS, RECEIPT) for frames in (noise(), noise(), noise() * 0.9))
    assert once == again
    assert once.content != other.content


@pytest.mark.parametrize("share", [0.9, 0.5, 0.1])
def test_what_is_too_large_is_encoded_coarser_and_says_so(share: float) -> None:
    """Until it fits, and not much smaller than it may be."""
    whole = len(video.clip(noise(), FPS, RECEIPT).content)
    limit = int(whole * share)
    clip = video.clip(noise(), FPS, RECEIPT, limit=limit)
    assert limit / 3 < len(clip.content) <= limit
    quality = int(video.read_receipt(clip.content).lossy[-1].removeprefix("H.264 at quality "))
    assert 17 < quality <= 51


def test_what_never_fits_ends_after_a_few_tries() -> None:
    """With a fault that names both sizes; every try tells of each frame once."""
    shares: list[float] = []
    with pytest.raises(Fault) as fault:
        video.clip(noise(), FPS, RECEIPT, limit=500, told=shares.append)
    assert (fault.value.kind, fault.value.facts["limit"]) == ("clip-large", 500)
    assert shares == [(frame + 1) / 17 for frame in range(17)] * 2  # the finest, then at once the coarsest


def test_odd_sides_lose_their_last_line() -> None:
    """Colours have half the resolution, and there is no half pixel."""
    assert decoded(video.clip(gliding(3, 51, 33), FPS, RECEIPT).content).shape == (3, 32, 50, 3)


@pytest.mark.parametrize("damage", [lambda content: b"", lambda content: content[:100], lambda content: b"\x89PNG1234"])
def test_what_is_no_clip_has_no_receipt(damage: Any) -> None:
    """Whole or not, it is refused as a value."""
    with pytest.raises(ValueError, match="MP4"):
        video.read_receipt(damage(video.clip(gliding(3), FPS, RECEIPT).content))


def test_a_clip_of_somebody_elses_has_no_receipt() -> None:
    """It is a clip all the same."""
    stream = BytesIO()
    with av.open(stream, "w", format="mp4") as file:
        track = file.add_stream("libx264", rate=4)
        track.width = track.height = 16
        file.mux(track.encode(av.VideoFrame(16, 16, "yuv420p")))
        file.mux(track.encode())
    with pytest.raises(ValueError, match="without a receipt"):
        video.read_receipt(stream.getvalue())
