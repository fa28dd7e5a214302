"""What no card can hold is refused before it is accepted; what one may hold is left to the tower."""

import pytest

from bot.errors import BatchFault, NotRenderable
from bot.intake.accept import Intake
from bot.intake.fitting import Fitting
from bot.ledger import towers
from bot.ledger.database import Database
from bot.settings import Limits
from bot.texts import failures
from gpu_agent import catalogue
from gpu_agent.order import Lora, Order
from gpu_agent.stock import Gpu, ShelfLora, ShelfModel
from gpu_agent.wire import Ready, Shelf
from tests.clock import FakeClock
from tests.intake.asking import NOTHING, WHO, ask, counts, file, item

GIB = 2**30
MODELS = {model.id: catalogue.described(model, present=True) for model in catalogue.load()}
FLUX, SDXL = MODELS["flux-dev"], MODELS["sdxl"]
SMALL = Gpu(name="NVIDIA GeForce RTX 3070", arch="sm86", total=8 * GIB, free=GIB, ram=12 * GIB, ram_free=GIB)
LARGE = Gpu(name="NVIDIA H200", arch="sm90", total=141 * GIB, free=GIB, ram=256 * GIB, ram_free=GIB)


@pytest.fixture
def intake(db: Database, clock: FakeClock) -> Intake:
    return Intake(db, clock, Limits(), ("first", "second"))


async def told(
    db: Database,
    name: str,
    *gpus: Gpu,
    models: tuple[ShelfModel, ...] = (FLUX, SDXL),
    loras: tuple[ShelfLora, ...] = (),
) -> None:
    """The tower has said what it is and what lies there."""
    ready = Ready(protocol=2, boot="b1", agent="1", gpus=gpus, disk_free=1, shelf="d", held=())
    async with db.transaction() as connection:
        await towers.saw(connection, name, ready, Shelf(digest="d", models=models, loras=loras), 1.0)


async def test_what_fits_on_no_card_is_refused_and_leaves_nothing(db: Database, intake: Intake) -> None:
    """FLUX.1 dev on 8 GB with 12 GB of memory beside it: the person reads why, at once, and nothing is stored."""
    await told(db, "first", SMALL)
    with pytest.raises(NotRenderable) as refused:
        await intake.accept(ask(model="flux-dev"))
    assert refused.value.kind == "does-not-fit"
    said = failures.sentence(refused.value.kind, refused.value.facts)
    assert said.startswith("flux-dev at 1024x1024 needs ")
    assert said.endswith("Try another model.")
    assert await counts(db) == NOTHING
    assert await intake.accept(ask(model="sdxl"))


async def test_what_is_busy_now_may_fit_when_its_turn_comes(db: Database, intake: Intake) -> None:
    """A card that somebody plays on is not counted as a small one."""
    await told(db, "first", LARGE)
    assert LARGE.free < 2 * GIB
    assert await intake.accept(ask(model="flux-dev"))


@pytest.mark.parametrize("cards", [(LARGE,), ()])
async def test_one_tower_that_may_hold_it_is_enough(db: Database, intake: Intake, cards: tuple[Gpu, ...]) -> None:
    """A second tower with a large card, or one that told of no cards, takes what the first cannot."""
    await told(db, "first", SMALL)
    await told(db, "second", *cards)
    assert await intake.accept(ask(model="flux-dev"))


async def test_a_tower_without_the_weights_has_no_say(db: Database, intake: Intake) -> None:
    """Its large card helps nobody."""
    await told(db, "first", SMALL)
    await told(db, "second", LARGE, models=(FLUX.model_copy(update={"present": False}),))
    with pytest.raises(NotRenderable):
        await intake.accept(ask(model="flux-dev"))


async def test_an_item_that_fits_nowhere_is_named_in_its_file(db: Database, intake: Intake) -> None:
    """Line, item and field, as for every other fault; no item of the file is accepted."""
    await told(db, "first", SMALL)
    items = file(item(1, model="sdxl"), item(2, model="flux-dev"))
    with pytest.raises(BatchFault) as refused:
        await intake.batches.accept("b.json", items, key="k", **WHO)
    assert {name: refused.value.facts[name] for name in ("item", "field", "fault")} == {
        "item": 2, "field": "model", "fault": "does-not-fit",
    }  # fmt: skip
    assert "Try another model." in failures.sentence(refused.value.kind, refused.value.facts)
    assert await counts(db) == NOTHING


def test_each_size_of_a_model_is_planned_once() -> None:
    """A thousand items of one size cost no thousand plans; another size is planned anew."""
    fitting = Fitting({"flux-dev": (SMALL,)})

    def order(width: int) -> Order:
        return Order(job="a", model="flux-dev", prompt="x", seed=0, width=width, height=1024, steps=4, guidance=0)

    first = fitting.refusal(FLUX, order(1024))
    assert first is not None
    assert fitting.refusal(FLUX, order(1024)) is first
    assert fitting.refusal(FLUX, order(512)) is not first


INK, PAPER = (ShelfLora(id=name, family="sdxl", bytes=1) for name in ("ink", "paper"))
CHARCOAL = ShelfLora(id="charcoal", family="flux", bytes=1)


@pytest.mark.parametrize(
    ("worn", "kind"),
    [(("ink",), None), (("ink", "paper"), None), (("wax",), "unknown-lora"), (("charcoal",), "lora-family")],
)
async def test_loras_are_known_by_the_towers_that_have_the_model(
    db: Database, intake: Intake, worn: tuple[str, ...], kind: str | None
) -> None:
    """One tower must have all of them; a tower without the model's weights has no say."""
    away = (FLUX, SDXL.model_copy(update={"present": False}))
    await told(db, "first", LARGE, loras=(INK, PAPER, CHARCOAL))
    await told(db, "second", LARGE, models=away, loras=(ShelfLora(id="wax", family="sdxl", bytes=1),))
    wanted = ask(model="sdxl", loras=tuple(Lora(id=name) for name in worn))
    if kind is None:
        assert await intake.accept(wanted)
        return
    with pytest.raises(NotRenderable) as refused:
        await intake.accept(wanted)
    assert refused.value.kind == kind
    items = file(item(1, model="sdxl"), item(2, model="sdxl", loras=list(worn)))
    with pytest.raises(BatchFault) as fault:
        await intake.batches.accept("b.json", items, key="k", **WHO)
    assert {name: fault.value.facts[name] for name in ("item", "field", "fault")} == {
        "item": 2, "field": "loras", "fault": kind,
    }  # fmt: skip
    assert await counts(db) == NOTHING


async def test_before_any_tower_spoke_every_lora_may_be_there(intake: Intake) -> None:
    """The tower's own look decides later."""
    assert await intake.accept(ask(loras=(Lora(id="ink"),)))
