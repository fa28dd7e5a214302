"""Pictures as other programs write them."""

import json
from io import BytesIO
from typing import Any

from PIL import Image, PngImagePlugin

PARAMETERS = (
    "a red boat, (sunny:1.2)\non the sea\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, CFG scale: 7, "
    'Seed: 4242, Size: 64x48, Model: dreamy_v3, Lora hashes: "x: 1, y: 2", Version: 1.9'
)
GRAPH: dict[str, Any] = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 99,
            "steps": 8,
            "cfg": 1.5,
            "sampler_name": "euler",
            "positive": ["10", 0],
            "negative": ["7", 0],
            "model": ["4", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl.safetensors"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blur", "clip": ["4", 1]}},
    "10": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
}


def png(colour: str = "red", size: tuple[int, int] = (64, 48), **texts: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    stream = BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG", pnginfo=info)
    return stream.getvalue()


def a1111(colour: str = "red") -> bytes:
    return png(colour, parameters=PARAMETERS)


def comfy(colour: str = "blue") -> bytes:
    return png(colour, prompt=json.dumps(GRAPH))


def jpeg() -> bytes:
    """With the line where JPEG has it."""
    image = Image.new("RGB", (64, 48), "green")
    exif = image.getexif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\x00" + PARAMETERS.encode("utf-16-be")
    stream = BytesIO()
    image.save(stream, "JPEG", exif=exif)
    return stream.getvalue()
