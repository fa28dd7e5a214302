"""An image becomes a PNG that tells how it was made, and such a PNG gives its receipt back.

Two text chunks: `darkroom` is the receipt as JSON; `parameters` is the text that other image tools read. No chunk
holds a time, so that the same order gives the same bytes.
"""

from io import BytesIO
from typing import Any

from PIL import Image, PngImagePlugin

from gpu_agent.engine.fault import Fault
from gpu_agent.engine.inputs import Brought
from gpu_agent.order import Order, Receipt

KEY = "darkroom"
_SAMPLERS = {
    "DDIM": "DDIM",
    "EulerAncestralDiscrete": "Euler a",
    "EulerDiscrete": "Euler",
    "FlowMatchEulerDiscrete": "Euler",
    "HeunDiscrete": "Heun",
    "LCM": "LCM",
    "LMSDiscrete": "LMS",
    "PNDM": "PLMS",
    "UniPCMultistep": "UniPC",
}
"""What other tools call the schedulers of diffusers; those that have several names there keep their own."""


def check(pixels: Any, order: Order) -> None:
    """Raises Fault picture-size for pixels of another size than was asked for."""
    if pixels.shape[-3:-1] != (order.height, order.width):
        got = f"{pixels.shape[-2]}x{pixels.shape[-3]}"
        raise Fault("picture-size", {"model": order.model, "asked": f"{order.width}x{order.height}", "got": got})


def developed(pixels: Any, brought: Brought) -> Image.Image:
    """Pixels as float array (height, width, 3), values 0..1, become an image. What the mask left out is the source's,
    pixel for pixel: the way through the autoencoder would have changed that too."""
    image = Image.fromarray((pixels * 255).round().astype("uint8"))
    if brought.source is None or brought.mask is None:
        return image
    return Image.composite(image, brought.source, brought.mask)


def png(image: Image.Image, receipt: Receipt) -> bytes:
    """The file's bytes."""
    info = PngImagePlugin.PngInfo()
    info.add_text(KEY, receipt.model_dump_json())
    info.add_text("parameters", parameters(receipt))
    stream = BytesIO()
    image.save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


def parameters(receipt: Receipt) -> str:
    """Prompt, negative prompt and one line of settings, in the form that started with A1111's web UI."""
    order, sampler = receipt.order, receipt.scheduler.removesuffix("Scheduler")
    settings = {
        "Steps": order.steps,
        "Sampler": _SAMPLERS.get(sampler, sampler),
        "CFG scale": order.guidance,
        "Seed": order.seed,
        "Size": f"{order.width}x{order.height}",
        "Model hash": receipt.weights_sha256[:10],
        "Model": order.model,
        "Version": f"Darkroom, diffusers {receipt.versions['diffusers']}",
    }
    negative = [f"Negative prompt: {order.negative}"] if order.negative else []
    return "\n".join([order.prompt, *negative, ", ".join(f"{key}: {value}" for key, value in settings.items())])


def read_receipt(content: bytes) -> Receipt:
    """The receipt inside a PNG of ours. Raises ValueError for a file that is none, or has no receipt."""
    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            image.load()
            text = image.info.get(KEY, "")
    except (OSError, SyntaxError) as error:
        raise ValueError("not a whole PNG file") from error
    if not text:
        raise ValueError("a PNG without a receipt")
    return Receipt.model_validate_json(text)
