"""What is wanted before it is accepted: asks, how their pictures are posted, and presets to ask with."""

from dataclasses import dataclass
from enum import StrEnum

from bot.routed import Routed
from gpu_agent.order import Control, Lora, Reference, Start
from gpu_agent.value import Message, Sha256


class Group(StrEnum):
    """What the pictures of one ask are to one another."""

    SEEDS = ""
    PROMPTS = "prompts"
    COMPARE = "compare"
    GRID = "grid"
    PAIR = "pair"
    """With and without cues, and nobody is told which is which before they judged both."""


class Extras(Message):
    """What an order has beyond words and sizes, as `Order` names and bounds it. Pictures lie in the bot's files."""

    source: Sha256 | None = None
    mask: Sha256 | None = None
    strength: float = 0.6
    control: Control | None = None
    reference: Reference | None = None
    loras: tuple[Lora, ...] = ()
    frames: int = 1
    start: Start | None = None
    keep_at: tuple[int, ...] = ()


NO_EXTRAS = Extras()


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person or the rota wants, before it is accepted. The same `key` is accepted once, however often sent.

    `style` names a preset whose words are woven into the prompt, `parent` the job whose picture this comes from,
    `label` the cell of a comparison or grid. `loras` win over those of `extras`. `routed` says how the model was found
    for an ask that named none.
    """

    key: str
    prompt: str
    asker: int
    guild: int
    channel: int
    model: str | None = None
    width: int | None = None
    height: int | None = None
    seed: int | None = None
    count: int = 1
    slug: str | None = None
    archetype: str | None = None
    negative: str = ""
    steps: int | None = None
    guidance: float | None = None
    loras: tuple[Lora, ...] = ()
    extras: Extras = NO_EXTRAS
    style: str | None = None
    parent: str | None = None
    label: str = ""
    routed: Routed | None = None

    def whole(self) -> Extras:
        """The extras with the LoRAs that count."""
        return self.extras.model_copy(update={"loras": self.loras}) if self.loras else self.extras


@dataclass(frozen=True, slots=True)
class Manner:
    """How an ask's pictures are posted: hidden until clicked, and with a ping for the person who asked."""

    group: Group = Group.SEEDS
    spoiler: bool = False
    ping: bool = False


PLAIN = Manner()


class Preset(Message):
    """Words and settings that go by a name, to ask with again and again.

    `prompt` is a template in which `{prompt}` stands for the person's words; `negative` is used where it acts.

    What is None is left to the person, or to the model. Sizes, steps, guidance and LoRAs belong to `model` if one is
    named. `person` saved it; None of those that ship.
    """

    name: str
    prompt: str = "{prompt}"
    negative: str = ""
    model: str | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance: float | None = None
    loras: tuple[Lora, ...] = ()
    person: int | None = None
