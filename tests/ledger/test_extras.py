"""What an order takes along is kept with its job, and jobs from before have none of it."""

from bot.ledger import jobs
from bot.ledger.database import Database
from bot.nouns import NO_EXTRAS, Extras
from gpu_agent.order import Control, Lora, Order, Reference, Start
from tests.ledger.rows import insert, job

A, B, C, D = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)
EVERYTHING = Extras(
    source=A,
    mask=B,
    strength=0.25,
    control=Control(kind="depth", image=C, prepared=True, strength=0.5, until=0.75),
    reference=Reference(image=D, strength=0.125),
    loras=(Lora(id="ink", weight=-0.5), Lora(id="wool")),
    start=Start(job="job0", step=3),
    keep_at=(2, 4),
)


async def test_extras_come_back_as_they_were(db: Database) -> None:
    """Digests, weights and steps; the order that is sent names all of them."""
    await insert(db, job(extras=EVERYTHING))
    async with db.reading() as connection:
        found = await jobs.get(connection, "job1")
    assert found is not None
    assert found.extras == EVERYTHING
    order = found.order()
    assert {name: getattr(order, name) for name in Extras.model_fields} == dict(EVERYTHING)
    assert (order.mode, order.inputs) == ("control", (A, B, C, D))


async def test_a_job_from_before_has_no_extras(db: Database) -> None:
    """A row that an earlier program wrote is the plain order it always was."""
    await insert(db, job())
    async with db.transaction() as connection:
        same = "asker, guild, channel, slug, model, asked, prompt, negative, cues, seed, width, height, steps, guidance"
        same += ", created_at, state, epoch, cancel_wanted, error_facts"
        before = f"INSERT INTO jobs (id, ask, \"index\", {same}) SELECT 'old', ask, 7, {same} FROM jobs"
        await connection.execute(before)
        found = await jobs.get(connection, "old")
    assert found is not None
    assert found.extras == NO_EXTRAS
    assert (found.order().mode, found.order().inputs) == ("text", ())


def test_extras_are_what_the_wires_order_has() -> None:
    """A field that the order gets is not forgotten here, and its default is the same."""
    plain = {"job", "model", "prompt", "asked", "negative", "seed", "width", "height", "steps", "guidance"}
    assert set(Extras.model_fields) == set(Order.model_fields) - plain
    for name, field in Extras.model_fields.items():
        assert field.default == Order.model_fields[name].default
