"""`/queue`: the same order in which jobs are claimed, whose they are, and always one message."""

from bot.board import TowerView
from bot.ledger import jobs
from bot.nouns import JobState
from bot.turn import order
from gpu_agent.wire import Progress
from tests.chat.people import Studio, batch_file
from tests.chat.people import studio as studio


async def test_an_empty_queue_says_so_and_how_the_tower_is(studio: Studio) -> None:
    """Nobody has to guess whether the bot is alive."""
    studio.client.board.tower("tower", TowerView("asleep", 1_700_000_000))
    said = await studio.run("queue")
    assert "Nothing is waiting" in said
    assert "**tower** asleep · <t:1700000000:R>" in said


async def test_jobs_stand_in_the_order_of_their_turns(studio: Studio) -> None:
    """People take turns, so Grace's one picture comes second though Ada asked for three before her."""
    await studio.run("imagine", prompt="a fox", slug="fox", count=3)
    await studio.run("imagine", "grace", prompt="an owl", slug="owl")
    lines = (await studio.run("queue", "grace")).splitlines()
    places = [line for line in lines if line[0].isdigit()]
    assert [line.split(" · ")[0] for line in places] == ["1. fox", "2. owl", "3. fox", "4. fox"]
    assert [job.slug for job in order(await studio.jobs())] == ["fox", "owl", "fox", "fox"]
    assert ["yours" in line for line in places] == [False, True, False, False]
    assert "Waiting: 4, 1 of them yours" in lines


async def test_a_running_job_shows_its_step(studio: Studio) -> None:
    """What renders now stands apart from what waits."""
    await studio.run("imagine", prompt="a fox", slug="fox")
    (job,) = await studio.jobs()
    async with studio.db.transaction() as connection:
        claimed = await jobs.claim(connection, job.id, "tower", "boot")
    assert claimed is not None
    assert claimed.state is JobState.RENDERING
    assert "handed to the tower" in await studio.run("queue")
    studio.client.board.progress(Progress(job=job.id, phase="rendering", step=3, of=8))
    said = await studio.run("queue")
    assert "▶ fox · demo · **yours**, step 3 of 8" in said
    assert "Nobody is waiting." in said


async def test_a_long_queue_fits_into_one_message_and_counts_the_rest(studio: Studio) -> None:
    """Every job is either shown or counted, in one message that is full."""
    items = [{"slug": f"a-rather-long-slug-that-takes-room-{n}", "prompt": "a fox"} for n in range(500)]
    await studio.render(batch_file(items))
    said = await studio.run("queue")
    assert 1800 < len(said) <= 2000
    shown = [line for line in said.splitlines() if line[0].isdigit()]
    assert said.splitlines()[-1] == f"… and {500 - len(shown)} more"


async def test_what_is_held_back_is_counted_apart(studio: Studio) -> None:
    """A paused batch stands in nobody's way, and is not forgotten either."""
    await studio.render(batch_file([{"slug": "elk", "prompt": "an elk"}, {"slug": "hare", "prompt": "a hare"}]))
    async with studio.db.transaction() as connection:
        await connection.execute("UPDATE batches SET paused_at = 1.0")
    said = await studio.run("queue")
    assert "2 pictures are held back: their batches are paused" in said
    assert "Nothing is waiting or rendering." in said
