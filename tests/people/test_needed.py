"""The one list of Discord's permissions: right by name, each with a reason, and what the client's calls need."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from bot.people.needed import NEEDED, invitation, lacking
from bot.texts.people import WHY_NEEDED

ROOT = Path(__file__).parents[2]
CHAT = ROOT / "bot" / "chat"

# Which of the client's calls takes which permission, as Discord's documentation has it.
CALLS = {
    "send": {"VIEW_CHANNEL", "SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS"},
    "history": {"READ_MESSAGE_HISTORY"},
    "fetch_message": {"READ_MESSAGE_HISTORY"},
    "add_reaction": {"ADD_REACTIONS", "READ_MESSAGE_HISTORY"},
    "reply": {"SEND_MESSAGES", "READ_MESSAGE_HISTORY"},
    "create_thread": {"CREATE_PUBLIC_THREADS"},
    "File": {"ATTACH_FILES"},
    "Embed": {"EMBED_LINKS"},
    "pin": {"PIN_MESSAGES"},
    "unpin": {"PIN_MESSAGES"},
    "clear_reactions": {"MANAGE_MESSAGES"},
    "clear_reaction": {"MANAGE_MESSAGES"},
    "remove_reaction": {"MANAGE_MESSAGES"},
    "delete_messages": {"MANAGE_MESSAGES"},
    "purge": {"MANAGE_MESSAGES"},
    "suppress_embeds": {"MANAGE_MESSAGES"},
    "create_webhook": {"MANAGE_WEBHOOKS"},
    "add_roles": {"MANAGE_ROLES"},
    "kick": {"KICK_MEMBERS"},
    "ban": {"BAN_MEMBERS"},
    "edit_thread": {"MANAGE_THREADS"},
}


def called() -> Iterator[str]:
    """The names of what chat calls."""
    for path in CHAT.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield getattr(node.func, "attr", getattr(node.func, "id", ""))


def test_what_is_needed_is_what_the_client_calls() -> None:
    """A call that takes a further permission, or a permission that no call takes any more, is noticed here."""
    wanted = set().union(*(CALLS[name] for name in set(called()) & set(CALLS)))
    assert wanted == set(NEEDED)


def test_each_permission_has_discords_bit() -> None:
    """By discord.py's own table."""
    older = {"VIEW_CHANNEL": "read_messages"}
    for name, bit in NEEDED.items():
        assert discord.Permissions(**{older.get(name, name.lower()): True}).value == bit


def test_each_permission_has_a_reason() -> None:
    assert list(WHY_NEEDED) == list(NEEDED)


def test_what_is_lacking_is_named() -> None:
    """In the list's order; an administrator lacks nothing."""
    everything = sum(NEEDED.values())
    assert lacking(everything) == ()
    assert lacking(everything & ~NEEDED["ATTACH_FILES"]) == ("ATTACH_FILES",)
    assert lacking(0) == tuple(NEEDED)
    assert lacking(discord.Permissions(administrator=True).value) == ()


def test_the_documents_name_the_same_ones() -> None:
    """The table of people.md with the same reasons, and the number in the first steps."""
    rows = re.findall(r"(?m)^\| ([A-Z]\w+(?: \w+)*) \| (.+) \|$", (ROOT / "docs" / "people.md").read_text("utf-8"))
    told = {name.upper().replace(" ", "_"): why for name, why in rows}
    assert {name: told.get(name) for name in NEEDED} == WHY_NEEDED
    assert f"permissions={sum(NEEDED.values())}" in (ROOT / "docs" / "operating.md").read_text("utf-8")


@pytest.mark.parametrize("guild", [None, 77])
def test_the_invitation_asks_for_exactly_that(guild: int | None) -> None:
    """Both scopes, no permission more; with a guild Discord offers no other."""
    link = urlsplit(invitation(1234, guild))
    asked = {name: values[0] for name, values in parse_qs(link.query).items()}
    assert f"{link.scheme}://{link.netloc}{link.path}" == "https://discord.com/oauth2/authorize"
    assert asked.pop("scope").split() == ["bot", "applications.commands"]
    assert int(asked.pop("permissions")) == sum(NEEDED.values())
    assert asked.pop("client_id") == "1234"
    assert asked == ({} if guild is None else {"guild_id": "77", "disable_guild_select": "true"})
