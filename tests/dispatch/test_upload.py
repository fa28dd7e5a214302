"""Pictures that an order needs reach the tower before it, and are sent once."""

import hashlib
import random
from pathlib import Path

import pytest

from bot.dispatch.link import Link
from bot.nouns import Extras, Job, JobState
from gpu_agent.value import Message
from gpu_agent.wire import MAX_CHUNK, Chunk, Offer, Submit
from tests.dispatch.rig import Rig, until

MEBI = 1024 * 1024


def stored(rig: Rig, size: int, seed: int = 1) -> str:
    """A picture of the bot's own; what is in it matters to nobody here."""
    content = random.Random(seed).randbytes(size)
    digest = hashlib.sha256(content).hexdigest()
    rig.files.append(digest, content)
    rig.files.keep(digest)
    return digest


def held(rig: Rig, digest: str) -> Path:
    """Where the tower has it."""
    return rig.daemon.spool / "inputs" / digest


def chunks(sent: list[Message], digest: str) -> list[int]:
    return [message.offset for message in sent if isinstance(message, Chunk) and message.sha256 == digest]


def submitted(sent: list[Message], job: Job) -> int:
    """Which message carried it."""
    return next(
        number for number, message in enumerate(sent) if isinstance(message, Submit) and message.order.job == job.id
    )


async def test_inputs_are_on_the_tower_before_their_order(rig: Rig, sent: list[Message]) -> None:
    """Source and mask arrive whole, byte for byte; only then is the order sent, and it is rendered."""
    source, mask = stored(rig, 3 * MAX_CHUNK + 7), stored(rig, 1, seed=2)
    rig.start()
    job = await rig.ask(extras=Extras(source=source, mask=mask, strength=0.5))
    ended = await rig.until_state(job, JobState.RENDERED)
    assert ended.order().mode == "inpaint"
    for digest in (source, mask):
        assert held(rig, digest).read_bytes() == rig.files.path(digest).read_bytes()
    assert chunks(sent, source) == [0, MAX_CHUNK, 2 * MAX_CHUNK, 3 * MAX_CHUNK]
    last = max(number for number, message in enumerate(sent) if isinstance(message, Chunk))
    assert submitted(sent, job) > last


async def test_an_input_is_sent_once_for_many_orders(rig: Rig, sent: list[Message]) -> None:
    """Rerolls of one picture send it no second time, on this line or the next."""
    source = stored(rig, MAX_CHUNK)
    rig.start()
    for _ in range(2):
        await rig.until_state(await rig.ask(extras=Extras(source=source)), JobState.RENDERED)
    await rig.stop()
    rig.start()
    await rig.until_state(await rig.ask(extras=Extras(source=source)), JobState.RENDERED)
    assert chunks(sent, source) == [0]
    assert sum(isinstance(message, Offer) for message in sent) == 2


async def test_a_cut_upload_goes_on_where_it_was(
    rig: Rig, sent: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next line sends what is missing, and nothing of what the tower has."""
    source, cuts = stored(rig, 16 * MEBI), [32]
    send = Link.send

    async def cut_halfway(link: Link, message: Message, payload: bytes = b"") -> None:
        if isinstance(message, Chunk) and message.offset >= 8 * MEBI and cuts:
            await until(lambda: part(rig) >= 4 * MEBI, "half of it to arrive")
            cuts.pop()
            rig.proxy.cut()
        await send(link, message, payload)

    monkeypatch.setattr(Link, "send", cut_halfway)
    rig.start()
    job = await rig.ask(extras=Extras(source=source))
    await rig.until_state(job, JobState.RENDERED)
    assert held(rig, source).read_bytes() == rig.files.path(source).read_bytes()
    offsets = chunks(sent, source)
    again = next(number for number in range(1, len(offsets)) if offsets[number] <= offsets[number - 1])
    assert 4 * MEBI <= offsets[again] <= 8 * MEBI
    assert offsets[again:] == list(range(offsets[again], 16 * MEBI, MAX_CHUNK))


def part(rig: Rig) -> int:
    """Bytes of an unfinished input on the tower."""
    return sum(file.stat().st_size for file in (rig.daemon.spool / "inputs").glob("*.part"))


async def test_other_jobs_do_not_wait_for_an_upload(rig: Rig, sent: list[Message]) -> None:
    """What needs nothing is sent while megabytes are on their way."""
    source = stored(rig, 32 * MEBI)
    needy, plain = await rig.ask(extras=Extras(source=source)), await rig.ask()
    rig.start()
    for job in (needy, plain):
        await rig.until_state(job, JobState.RENDERED)
    last = max(number for number, message in enumerate(sent) if isinstance(message, Chunk))
    assert submitted(sent, plain) < last < submitted(sent, needy)


@pytest.mark.parametrize("fate", ["missing", "empty", "changed", "shorter"])
async def test_a_lost_input_fails_its_job_alone(rig: Rig, fate: str) -> None:
    """The picture is missing or damaged on the bot's own disk: the person reads so, and others are rendered."""
    source = stored(rig, 2 * MAX_CHUNK)
    path = rig.files.path(source)
    if fate == "missing":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "changed": b"x" * 2 * MAX_CHUNK, "shorter": path.read_bytes()[:-1]}[fate])
    job, other = await rig.ask(extras=Extras(source=source)), await rig.ask()
    rig.start()
    ended = await rig.until_state(job, JobState.FAILED)
    assert ended.error_kind == "input-lost"
    await rig.until_state(other, JobState.RENDERED)
    assert sorted(await rig.notices()) == sorted([(job.id, "failure"), (other.id, "picture")])


async def test_an_input_that_the_tower_threw_away_is_sent_again(rig: Rig, sent: list[Message]) -> None:
    """It made room between two orders of one line: the second order brings its picture again."""
    source = stored(rig, MAX_CHUNK)
    rig.start()
    await rig.until_state(await rig.ask(extras=Extras(source=source)), JobState.RENDERED)
    held(rig, source).unlink()
    await rig.until_state(await rig.ask(extras=Extras(source=source)), JobState.RENDERED)
    assert chunks(sent, source) == [0, 0]


async def test_a_job_is_cancelled_while_its_input_is_sent(
    rig: Rig, sent: list[Message], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for the upload to be told, and the order is never sent."""
    source, send = stored(rig, 2 * MAX_CHUNK), Link.send
    rig.start()
    await rig.until_board("ready")

    async def hold_back(link: Link, message: Message, payload: bytes = b"") -> None:
        if isinstance(message, Chunk):
            await until(ended, "the job to be cancelled")
        await send(link, message, payload)

    async def ended() -> bool:
        return (await rig.job(job)).state is JobState.CANCELLED

    monkeypatch.setattr(Link, "send", hold_back)
    job = await rig.ask(extras=Extras(source=source))
    await until(lambda: any(isinstance(message, Offer) for message in sent), "the offer")
    await rig.want_cancel(job)
    await rig.until_state(job, JobState.CANCELLED)
    assert not [message for message in sent if isinstance(message, Submit)]
    assert await rig.notices() == [(job.id, "cancellation")]
