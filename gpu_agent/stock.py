"""What a tower has: cards, models and LoRAs, as its shelf tells the bot. Sizes in bytes, lengths in pixels."""

from typing import Literal

from pydantic import Field

from gpu_agent.order import ControlKind, Mode
from gpu_agent.value import Message, Sha256

Role = Literal["denoiser", "text", "vae", "other"]


class Gpu(Message):
    """A card as the tower sees it; a tower without one renders on its processor and says so in `name`.

    `unified` cards share the machine's memory. `arch` is CUDA's (`sm86`), or empty. `ram` and `ram_free` are the
    machine's own memory, 0 where that was not told. `reserve` of `total` is left to the desktop and its programs.
    `lacks` names formats of short weights for which a library is not installed there.
    """

    name: str
    total: int
    free: int
    arch: str = ""
    unified: bool = False
    ram: int = 0
    ram_free: int = 0
    reserve: int = 0
    lacks: tuple[str, ...] = ()


class Part(Message):
    """One component of a pipeline: its bytes at 16 bits (or as its file has them), and whether it comes in blocks
    that can be sent to the card one after another. `format` is how its file is quantized already (`gguf`), or empty."""

    name: str
    role: Role
    bytes: int = Field(ge=0)
    streams: bool = False
    format: str = ""


class ShelfModel(Message):
    """One model of the tower's catalogue, with what pickers, checks and plans on the bot's side need to know.

    `work` is the floating point operations of one evaluation of the denoiser at the default size; `tokens` what its
    most patient tokenizer reads, 0 if unknown. `least_steps` to `most_steps` are those it makes sense with. A clip's
    frames are a multiple of `frame_step`, and one more. `control_bytes` and `reference_bytes` are what its largest
    ControlNet and its IP-Adapter take beside the parts, 0 if unknown. A `fused` one has a LoRA worked into its weights.
    """

    id: str
    name: str
    licence: str
    commercial: bool
    family: str = ""
    modes: tuple[Mode, ...] = ("text",)
    controls: tuple[ControlKind, ...] = ()
    reference: bool = False
    steps: int
    least_steps: int = 1
    most_steps: int = 200
    guidance: float
    negative_acts: bool
    width: int
    height: int
    multiple: int
    smallest: int
    largest: int
    most_pixels: int = 0
    frames: int = 1
    most_frames: int = 1
    frame_step: int = 4
    fps: int = 0
    prompt_limit: int
    tokens: int = 0
    parts: tuple[Part, ...] = ()
    control_bytes: int = 0
    reference_bytes: int = 0
    fused: bool = False
    work: float = 0.0
    present: bool


class ShelfLora(Message):
    """A LoRA on the tower: `family` is the models it was trained for, `triggers` the words that call it up."""

    id: str
    family: str
    bytes: int
    triggers: tuple[str, ...] = ()
    sha256: Sha256 | None = None
