"""The whole town for the story: the stand-in, the bot as its own process, and a sleeping tower behind a real OpenSSH.

Only Discord's servers and the far end of the magic packet are not the real thing. Everything can be killed.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot import settings as configuration
from bot.demo.discord.call import Upload
from bot.demo.discord.rules import unhurried
from bot.demo.discord.server import StandIn
from bot.demo.discord.values import Message, Outcome
from bot.demo.tower import MAC, MAGIC
from bot.dispatch.pins import pin
from bot.ledger import census
from bot.ledger.census import Census
from tests.agent.sshd import ROOT
from tests.dispatch.rig import Daemon, until
from tests.dispatch.ssh import Proxy, SshServer, attach_command, free_port
from tests.referee import wrongs


class Doorbell(asyncio.DatagramProtocol):
    """The tower's network card: counts magic packets and switches the tower on at the first."""

    def __init__(self, town: "Town") -> None:
        self._town = town

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        assert data == MAGIC
        self._town.packets += 1
        if self._town.waking is None and self._town.wakes:
            self._town.waking = asyncio.ensure_future(self._town.wake())


class Town:
    """`ledger()` looks at the rows from outside, `posts()` at the channel and its threads as Ada sees them."""

    def __init__(self, folder: Path, standin: StandIn, pace: str, models: str) -> None:
        self.folder, self.standin = folder, standin
        self.daemon = Daemon(folder, pace, models)
        self.server = SshServer(folder / "ssh", attach_command(self.daemon.address))
        self.proxy = Proxy(self.server.port)
        self.packets = 0
        self.wakes = True  # at the first packet
        self.port = free_port()  # of the proxy, which listens only while the tower is awake
        self.waking: asyncio.Future[None] | None = None
        self.config = folder / "darkroom.toml"
        self.ada, self.grace = standin.member("ada"), standin.member("grace")
        self.channel = standin.channel()
        self._bot: subprocess.Popen[bytes] | None = None
        self.server.start()  # once, so that its keys are there
        self.server.stop()

    async def wake(self) -> None:
        self.daemon.start()
        self.server.start()
        await self.proxy.start(self.port)

    async def wake_by_hand(self) -> None:
        self.waking = asyncio.ensure_future(self.wake())
        await self.waking

    async def switch_off(self) -> None:
        """Whoever was in is out, and nobody listens."""
        if self.waking is not None:
            await self.waking
            await self.proxy.stop()
        self.waking = None
        self.server.stop()
        self.daemon.kill()

    def settle(self, wake_port: int) -> None:
        self.config.write_text(
            f'[discord]\nguild_id = {self.standin.guild_id}\napi_base = "{self.standin.api_base}"\n'
            f'gateway_url = "{self.standin.gateway_url}"\ncdn_base = "{self.standin.cdn_base}"\n'
            f"[ledger]\npath = '{self.folder / 'darkroom.db'}'\n"
            f'[[tower]]\nhost = "127.0.0.1"\nport = {self.port}\nuser = "{self.server.user}"\n'
            f"key = '{self.server.client_key}'\nknown_hosts = '{self.folder / 'known_hosts'}'\n"
            f'mac = "{MAC}"\nwake_targets = ["127.0.0.1"]\nwake_port = {wake_port}\n'
        )
        (tower,) = configuration.load(self.config).tower
        pin(tower, self.server.host_key)

    async def start_bot(self) -> None:
        with (self.folder / "bot.log").open("ab") as log:
            self._bot = subprocess.Popen(
                [sys.executable, "-m", "bot", "run", "--config", str(self.config)],
                env=os.environ | {"DISCORD_TOKEN": self.standin.token},
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        await until(lambda: self.standin.world.bot_online and bool(self.ada.commands()), "the bot to come online")

    async def end_bot(self, number: signal.Signals = signal.SIGKILL) -> int:
        """By default as if the power went. Gives the exit status."""
        bot, self._bot = self._bot, None
        if bot is None:
            return 0
        bot.send_signal(number)
        status = await asyncio.to_thread(bot.wait, 30)
        await until(lambda: not self.standin.world.bot_online, "the bot to be gone")
        return status

    async def imagine(self, prompt: str, **options: Any) -> str:
        """What the bot tells Ada alone."""
        return await self.told(await self.ada.run(self.channel, "imagine", {"prompt": prompt, **options}))

    async def told(self, outcome: Outcome) -> str:
        assert outcome.message_id is not None, outcome
        message = self.standin.world.messages[outcome.message_id]
        await until(lambda: not message.loading, "the bot's private answer")
        return message.content

    async def render(self, file: Upload) -> str:
        """Ada sends the file and presses “Render all”; gives what is said then."""
        outcome = await self.ada.run(self.channel, "batch render", {"file": file})
        words = await self.told(outcome)
        question = self.standin.world.messages[str(outcome.message_id)]
        ids = [str(button["custom_id"]) for row in question.components for button in row["components"]]
        assert ids, words
        await self.ada.click(question.id, next(one for one in ids if one.startswith("render:all:")))
        await until(lambda: not question.components, "what was accepted, in the place of the question")
        return question.content

    def posts(self) -> list[Message]:
        """In the channel, then in its threads."""
        channels = self.standin.world.channels.values()
        places = [self.channel, *(one.id for one in channels if one.parent_id == self.channel)]
        seen = [message for place in places for message in self.ada.messages(place, limit=1000)]
        return [message for message in seen if message.author_id == self.standin.world.bot.id and not message.addressee]

    def pictures(self) -> list[Message]:
        """Posts of one picture each: neither contact sheets nor cards, which may show some, too."""
        return [message for message in self.posts() if message.attachments and "why:" in str(message.components)]

    async def until_posted(self, number: int) -> list[Message]:
        """Waits for so many pictures, and for the ledger to know of each."""
        await until(lambda: len(self.pictures()) >= number, f"{number} pictures in the channel; {self.words()}")
        await self.until_ledger(lambda found: len(found.posted) >= number)
        return self.pictures()

    async def until_ledger(self, condition: Any) -> Census:
        async def holds() -> bool:
            return bool(condition(await self.ledger()))

        await until(holds, "the ledger to say so")
        return await self.ledger()

    async def ledger(self) -> Census:
        async with census.looking(self.folder / "darkroom.db") as connection:
            return await census.take(connection)

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        async with census.looking(self.folder / "darkroom.db") as connection:
            return [tuple(row) for row in await connection.execute_fetchall(sql)]

    async def until_state(self, state: str, number: int = 1) -> None:
        async def reached() -> bool:
            return len(await self.rows(f"SELECT id FROM jobs WHERE state = '{state}'")) >= number

        await until(reached, f"{number} jobs {state}")

    def words(self) -> str:
        """What the cards say now, for a test that waits in vain."""
        return " | ".join(str(embed.get("description")) for post in self.posts() for embed in post.embeds)

    async def everything_once(self, jobs: int) -> None:
        """Nothing is lost and nothing is said twice: as many ends as jobs, as many pictures as rendered jobs."""
        found = await self.until_ledger(lambda one: len(one.posted) + one.failed + one.cancelled == jobs)
        assert found.jobs == jobs
        assert len({one.message for one in found.posted}) == len(found.posted)
        assert sorted(int(message.id) for message in self.pictures()) == sorted(one.message for one in found.posted)


@asynccontextmanager
async def open_town(folder: Path, pace: str = "real", models: str = "") -> AsyncIterator[Town]:
    """The bot is up, the tower sleeps. Other paces are those of `tests.dispatch.quick_tower`."""
    async with StandIn(rules=unhurried()) as standin:
        town = Town(folder, standin, pace, models)
        loop = asyncio.get_running_loop()
        doorbell, _ = await loop.create_datagram_endpoint(lambda: Doorbell(town), ("127.0.0.1", 0))
        town.settle(doorbell.get_extra_info("sockname")[1])
        try:
            await town.start_bot()
            yield town
            assert wrongs(standin) == []
            assert standin.token not in (folder / "bot.log").read_text(), "a secret reached a log"
        finally:
            await town.end_bot(signal.SIGTERM)
            doorbell.close()
            await town.switch_off()
            town.daemon.remove()
