"""Frames become a clip that plays everywhere: H.264 in MP4, with its receipt inside, no larger than may be uploaded.

The same frames give the same bytes: one thread encodes, and the file holds no time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from math import ceil, log2
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from PIL import Image

from gpu_agent.engine import picture
from gpu_agent.engine.fault import Fault
from gpu_agent.order import Receipt

UPLOAD = 10 * 1024 * 1024  # bytes that every Discord server takes
_FINEST, _COARSEST = 17, 51  # the encoder's quality: 17 is hardly told from its source, 51 is the last there is
_TRIES = 4
_HALVES = 6  # so much coarser, about half the bytes
_SECONDS_BETWEEN_KEYS = 2  # a player can jump to these
_REPEATABLE = "mbtree=0"  # with it, now and then the same small frames become other bytes
MEDIA = "video/mp4"


@dataclass(frozen=True)
class Clip:
    """A finished MP4, its frame in the middle as PNG, and the receipt inside both."""

    content: bytes
    poster: bytes
    receipt: Receipt


def clip(
    frames: Any, fps: int, receipt: Receipt, *, limit: int = UPLOAD, told: Callable[[float], None] = lambda share: None
) -> Clip:
    """Float array (frames, height, width, 3), values 0..1, becomes a clip of at most `limit` bytes.

    Whatever is too large is encoded again, coarser, and the receipt says how coarse it became. `told` gets the share
    (0..1) of frames encoded, once more from the start for each try. Raises Fault clip-large where nothing helps.
    """
    quality = _FINEST
    for _ in range(_TRIES):
        named = receipt.model_copy(update={"lossy": (*receipt.lossy, f"H.264 at quality {quality}")})
        content = _encoded(frames, fps, quality, named, told)
        if len(content) <= limit:
            poster = Image.fromarray(_bytes(frames[len(frames) // 2]))
            return Clip(content, picture.png(poster, named), named)
        if quality == _COARSEST:
            break
        quality = min(_COARSEST, quality + 1 + ceil(_HALVES * log2(len(content) / limit)))
    raise Fault("clip-large", {"model": receipt.order.model, "bytes": len(content), "limit": limit})


def read_receipt(content: bytes) -> Receipt:
    """The receipt inside an MP4 of ours. Raises ValueError for a file that is none, or has no receipt."""
    try:
        with av.open(BytesIO(content), format="mp4") as file:
            text = file.metadata.get("comment", "")
    except (av.FFmpegError, OSError) as error:
        raise ValueError("not a whole MP4 file") from error
    if not text:
        raise ValueError("an MP4 without a receipt")
    return Receipt.model_validate_json(text)


def _encoded(frames: Any, fps: int, quality: int, receipt: Receipt, told: Callable[[float], None]) -> bytes:
    """On disk and not in memory: to put the index first, so that players begin at once, the file is read again."""
    with TemporaryDirectory() as place:
        path = Path(place) / "clip.mp4"
        with av.open(path, "w", format="mp4", options={"movflags": "+faststart", "fflags": "+bitexact"}) as file:
            file.metadata["comment"] = receipt.model_dump_json()
            stream = _stream(file, frames.shape, fps, quality)
            for index, frame in enumerate(frames):
                file.mux(stream.encode(_frame(frame)))
                told((index + 1) / len(frames))
            file.mux(stream.encode())
        return path.read_bytes()


def _stream(file: Any, shape: tuple[int, ...], fps: int, quality: int) -> Any:
    """Half the colour's resolution, as all players want it, which takes even sides."""
    options = {"crf": str(quality), "preset": "medium", "threads": "1", "x264-params": _REPEATABLE}
    stream = file.add_stream("libx264", rate=fps, options=options)
    stream.height, stream.width = (side // 2 * 2 for side in shape[1:3])
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.thread_count = 1
    context.gop_size = fps * _SECONDS_BETWEEN_KEYS
    context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU709
    context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
    return stream


def _frame(pixels: Any) -> av.VideoFrame:
    height, width = (side // 2 * 2 for side in pixels.shape[:2])
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(_bytes(pixels)[:height, :width]), format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)


def _bytes(pixels: Any) -> Any:
    return (np.clip(pixels, 0, 1) * 255).round().astype("uint8")
