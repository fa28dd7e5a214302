"""The one connection to Discord: intents, the command tree, and being there again after every fall."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.asset import Asset
from discord.gateway import DiscordWebSocket
from discord.http import Route
from pydantic import SecretStr

from bot.board import Board
from bot.chat import (
    animate,
    batches,
    bringing,
    buttons,
    compare,
    confirm,
    cues,
    deleting,
    editing,
    gallery,
    gate,
    grid,
    handing_out,
    imagine,
    judging,
    judging_all,
    menus,
    moderation,
    numbering,
    offering,
    pasting,
    pressing,
    privacy,
    promoting,
    proving,
    queue,
    reasons,
    remix,
    rerolling,
    reviewing,
    routes,
    schedules,
    scheduling,
    setup,
    show,
    styles,
    sync,
    towers,
    upscale,
    varying,
    why,
)
from bot.chat.answers import Interaction, fail
from bot.chat.courier import Courier
from bot.chat.enclosed import EnclosureEditor
from bot.chat.erasing import Eraser
from bot.chat.estimates import Estimates
from bot.chat.feedback import Feedback, Sign, key
from bot.chat.progress import CardEditor
from bot.chat.reconcile import Reconciler
from bot.chat.sheet_edits import SheetEditor
from bot.chat.versions import Versions
from bot.clock import Clock
from bot.errors import BadSettings
from bot.evidence.child import Prover
from bot.intake.accept import Intake
from bot.ledger.database import Bell, Database
from bot.ledger.files import Files
from bot.people import words
from bot.settings import Discord, Settings

_log = logging.getLogger(__name__)
_BAD_TOKEN = 4004
_LONGEST_PAUSE = 300.0  # seconds; Discord takes the token away after 1000 identifications a day


def redirect(settings: Discord) -> None:
    """Points the library at the addresses of the settings; it has no arguments for them."""
    Route.BASE = settings.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
    Asset.BASE = settings.cdn_base


class Tree(app_commands.CommandTree["DarkroomClient"]):
    """Commands answer their own errors; what goes wrong before one of them begins is answered here."""

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError) -> None:
        await fail(interaction, error)


class DarkroomClient(discord.Client):
    """Everything chat needs, and `serve`. `ready` rings at every READY; `online` is set while requests can be made."""

    def __init__(
        self, settings: Settings, db: Database, files: Files, board: Board, clock: Clock, intake: Intake
    ) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # nobody speaks here
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, guild_reactions=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            guild_ready_timeout=0.25,  # nothing is read from the guild at READY, so nobody waits for it
        )
        redirect(settings.discord)
        self.http.request = self._asked(self.http.request)  # type: ignore[method-assign]
        self.settings, self.db, self.files = settings, db, files
        self.board, self.clock, self.intake = board, clock, intake
        self.words = words.lists(settings.people)
        self.ready = Bell()
        self.online = asyncio.Event()
        self.tree = Tree(self)
        for group in (imagine, compare, grid, styles, batches, towers, queue, schedules, cues, why, setup, moderation):
            group.add(self.tree)
        for group in (remix, upscale, animate, menus, show, gallery, privacy, routes, pasting, bringing, handing_out):
            group.add(self.tree)
        reviewing.add(self.tree)
        self.pressed = pressing.PRESSED
        self.courier, self.progress, self.estimates = Courier(self), CardEditor(self), Estimates(self)
        self.eraser = Eraser(self)
        self.feedback, self.reconciler, self.remover = Feedback(self), Reconciler(self), deleting.Remover(self)
        self.prover = Prover()
        self.sheets, self.versions = SheetEditor(self), Versions(self)
        self.enclosures = EnclosureEditor(self)

    def loops(self) -> tuple[Callable[[], Coroutine[Any, Any, None]], ...]:
        """What is to run beside `serve`, each for ever."""
        speaking = self.courier.run, self.progress.run, self.sheets.run, self.versions.run, self.enclosures.run
        return *speaking, self.feedback.run, self.reconciler.run, self.remover.run, self.eraser.run

    async def serve(self, token: SecretStr) -> None:
        """Stays connected for ever. Raises BadSettings when Discord does not know the token."""
        falls = 0
        while True:
            before = self.ready.count
            await self._once(token)
            falls = 0 if self.ready.count > before else falls + 1
            pause = random.uniform(0.5, 1) * min(2.0**falls, _LONGEST_PAUSE)  # noqa: S311 - spreads, hides nothing
            _log.warning("not connected to Discord, next try in %.1f s", pause)
            await self.clock.sleep(pause)
            await self._reopen()

    async def _once(self, token: SecretStr) -> None:
        """One life of the connection. The library reconnects within it; what it does not survive ends here."""
        try:
            await self.start(token.get_secret_value())
        except discord.LoginFailure as error:
            raise _refused() from error
        except discord.ConnectionClosed as error:
            if error.code == _BAD_TOKEN:
                raise _refused() from error
            _log.warning("Discord closed the connection: %s", error)
        except (discord.HTTPException, aiohttp.ClientError, OSError, TimeoutError) as error:
            _log.warning("Discord cannot be reached: %s", error)
        except Exception:
            # The library dies of a first connection that is refused and of an event it cannot read.
            _log.exception("the connection to Discord broke down")
        finally:
            self.online.clear()
            await self.close()

    async def _reopen(self) -> None:
        """A closed client as if it were new; the library leaves its loop and its connector behind."""
        self.clear()
        self.http.connector = discord.utils.MISSING
        await self.__aenter__()

    def _asked(self, request: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
        """Requests that come while the connection is closed and opened anew fail as lost ones do, and are made again;
        the library says nothing better of them than that its session is closed or not there."""

        async def asked(*given: Any, **named: Any) -> Any:
            try:
                return await request(*given, **named)
            except (RuntimeError, AttributeError) as error:
                if self.online.is_set() and not self.is_closed():  # the library closes itself before it says so
                    raise
                raise aiohttp.ClientConnectionError("the connection to Discord is being opened anew") from error

        return asked

    async def setup_hook(self) -> None:
        self.add_dynamic_items(confirm.Confirm, offering.Render)
        self.add_dynamic_items(setup.Go, setup.Listing)
        self.add_dynamic_items(buttons.Action, gallery.Turn, privacy.Forget)
        self.add_dynamic_items(proving.Retire, scheduling.Confirm)
        self.add_dynamic_items(judging.Choice, judging.Press, routes.Decide, pasting.Record)
        self.add_dynamic_items(judging_all.Pick, judging_all.Tap, rerolling.Reroll, rerolling.Go)
        await self.intake.refile()  # before any reaction is heard or compared
        await sync.bring(self)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """A closed client hears nothing more: the library would still tell of a READY that it held back, in a loop
        that is not there any more."""
        if not self.is_closed():
            super().dispatch(event, *args, **kwargs)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        if guild.id == self.settings.discord.guild_id:
            await sync.bring(self)

    async def on_ready(self) -> None:
        _log.info("connected to Discord as %s", self.user)
        self.online.set()
        self.ready.ring()

    async def on_interaction(self, interaction: Interaction) -> None:
        if interaction.type is discord.InteractionType.modal_submit:
            await reasons.submitted(interaction)
            await editing.submitted(interaction)
            await varying.submitted(interaction)
            await remix.submitted(interaction)
            await promoting.submitted(interaction)
            await pasting.submitted(interaction)
            await numbering.submitted(interaction)

    async def on_message(self, message: discord.Message) -> None:
        await self.feedback.reply(message)

    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        await deleting.vanished(self, [event.message_id])

    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        await deleting.vanished(self, event.message_ids)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        if event.member is None or not event.member.bot:
            by = None if event.member is None else gate.member(event.member)
            where = gate.place_in(self, event.channel_id)
            self.feedback.heard(
                Sign(event.message_id, event.user_id, key(event.emoji), stands=True, by=by, where=where)
            )

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        self.feedback.heard(Sign(event.message_id, event.user_id, key(event.emoji), stands=False))

    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        self.feedback.heard(Sign(event.message_id, None, None, stands=False))

    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        self.feedback.heard(Sign(event.message_id, None, key(event.emoji), stands=False))


def _refused() -> BadSettings:
    return BadSettings(place="DISCORD_TOKEN", fault="Discord does not know this token")
