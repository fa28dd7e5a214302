"""`/tower`: how a tower is, in words; a wish is a row that dispatch takes, and not everybody may wish."""

from pathlib import Path

from bot.board import TowerView
from bot.ledger import towers
from gpu_agent.stock import Gpu
from gpu_agent.wire import Ready, Shelf, Status
from tests.chat.people import Studio, open_studio
from tests.chat.people import studio as studio
from tests.chat.test_sizes import shelf_model


async def test_status_tells_the_rung_the_agent_the_shelf_and_the_wakes(studio: Studio) -> None:
    """Everything the bot knows of its tower stands in one answer."""
    card = Gpu(name="RTX 3090", total=24 * 2**30, free=20 * 2**30)
    ready = Ready(protocol=1, boot="b", agent="0.1.0", gpus=(card,), disk_free=83 * 2**30, shelf="d", held=())
    away = shelf_model().model_copy(update={"id": "away", "name": "Away", "present": False})
    async with studio.db.transaction() as connection:
        await towers.saw(connection, "tower", ready, Shelf(digest="d", models=(shelf_model(), away)), 1_700_000_000)
        for rung, seconds in (("ready", 60.0), ("ready", 80.0), ("ready", 70.0), ("waking", None)):
            wake = await towers.begin_wake(connection, "tower", 1_700_000_000)
            await towers.end_wake(connection, wake, rung, seconds)
    studio.client.board.tower("tower", TowerView("ready", 1_700_000_100))
    said = await studio.run("tower status")
    assert said.splitlines() == [
        "**tower** ready · <t:1700000100:R>",
        "Agent 0.1.0, last heard <t:1700000000:R>: RTX 3090 (24 GiB), 83 GiB of disk free",
        "On its shelf: Demo, Away (weights missing)",
        "It is usually ready 70 s after it is asked, 3 of the last 4 times.",
    ]


async def test_the_attempt_under_way_is_not_told_as_a_failed_one(studio: Studio) -> None:
    """Only what is over is counted, and one is not many."""
    async with studio.db.transaction() as connection:
        await towers.begin_wake(connection, "tower", 1_700_000_000)
    studio.client.board.tower("tower", TowerView("waking", 1_700_000_001))
    assert "attempt" not in await studio.run("tower status")
    studio.client.board.tower("tower", TowerView("trouble", 1_700_000_200))
    assert "The last attempt to wake it failed; the latest came as far as: asleep." in await studio.run("tower status")


async def test_trouble_comes_with_what_to_do(studio: Studio) -> None:
    """A tower that cannot be used says why and what helps."""
    view = TowerView("trouble", 1_700_000_000, "never-woke", {"tower": "tower", "seconds": 180})
    studio.client.board.tower("tower", view)
    said = await studio.run("tower status", "grace")
    assert "in trouble · <t:1700000000:R>" in said
    assert "did not wake within 180 s" in said


async def test_what_holds_a_ready_tower_up_is_told(studio: Studio) -> None:
    """Why nothing is rendered, and what slows the card down; a tower whose line ended is not spoken for."""
    board = studio.client.board
    board.tower("tower", TowerView("ready", 1_700_000_000))
    board.states["tower"] = Status(
        hold="card-in-use", facts={"program": "game.exe"}, notes=("RTX 3070 is 84 °C and slows itself down",)
    )
    assert (await studio.run("tower status")).splitlines()[1:] == [
        "game.exe is using the card of tower. I go on by myself when it ends.",
        "RTX 3070 is 84 °C and slows itself down.",
    ]
    board.tower("tower", TowerView("asleep", 1_700_000_100))
    assert "game.exe" not in await studio.run("tower status")


async def test_a_tower_nobody_looked_at_yet_is_said_to_be_so(studio: Studio) -> None:
    """Right after the start there is nothing to tell, and that is told."""
    assert await studio.run("tower status") == "**tower** not looked at yet"


async def test_a_wish_is_one_row_that_is_taken_once(studio: Studio) -> None:
    """The latest wish counts; the answer says where to watch."""
    assert "/tower status" in await studio.run("tower wake")
    assert "/tower status" in await studio.run("tower sleep")
    async with studio.db.transaction() as connection:
        assert await towers.take_wish(connection, "tower") == "sleep"
        assert await towers.take_wish(connection, "tower") is None


async def test_only_who_manages_the_server_may_wish(studio: Studio) -> None:
    """Power costs money, and somebody may be playing on that machine."""
    for want in ("wake", "sleep"):
        assert "those who administrate the bot" in await studio.run(f"tower {want}", "grace")
    async with studio.db.transaction() as connection:
        assert await towers.take_wish(connection, "tower") is None


async def test_a_tower_is_named_by_its_name(tmp_path: Path) -> None:
    """With several towers each can be meant; a wrong name is answered with the right ones."""
    async with open_studio(tmp_path, towers=("tower", "attic")) as studio:
        assert await studio.offered("tower wake", "tower", "att") == {"attic": "attic"}
        assert "I asked attic to wake" in await studio.run("tower wake", tower="attic")
        said = await studio.run("tower wake", tower="@everyone")
        assert "tower, attic" in said
        assert "@everyone" not in said
        async with studio.db.transaction() as connection:
            assert await towers.take_wish(connection, "attic") == "wake"
            assert await towers.take_wish(connection, "tower") is None


async def test_without_a_tower_the_answer_says_how_to_get_one(tmp_path: Path) -> None:
    """A fresh installation is not a mystery."""
    async with open_studio(tmp_path, towers=()) as studio:
        for command in ("tower status", "tower wake"):
            assert "[[tower]]" in await studio.run(command)
