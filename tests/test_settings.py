"""darkroom.toml and the environment: what counts, what is refused, and in which words."""

from pathlib import Path

import pytest

from bot import settings as configuration
from bot.errors import BadSettings
from bot.nouns import Verdict
from bot.texts.failures import plain

WHOLE = """
[discord]
guild_id = 1234
[ledger]
path = "darkroom.db"
[[tower]]
name = "tower"
host = "192.168.1.20"
port = 22
user = "gpu-agent"
key = "~/.config/darkroom/id_ed25519"
known_hosts = "~/.config/darkroom/known_hosts"
mac = "aa:bb:cc:dd:ee:ff"
wake_targets = ["192.168.1.255", "255.255.255.255", "192.168.1.20"]
wake_port = 9
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "darkroom.toml"
    path.write_text(WHOLE)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BadSettings) as refused:
        configuration.load(path)
    return plain(refused.value.kind, refused.value.facts)


def test_the_file_is_read_and_homes_are_found(file: Path) -> None:
    """Every key of the documented example counts, and ~ is the person's home."""
    settings = configuration.load(file)
    (tower,) = settings.tower
    assert settings.discord.guild_id == 1234
    assert settings.discord.api_base == "https://discord.com/api/v10"
    assert list(settings.discord.verdicts.values()) == [Verdict.KEEP, Verdict.REJECT, Verdict.REROLL]
    assert tower.key == Path.home() / ".config/darkroom/id_ed25519"
    assert tower.wake_targets == ("192.168.1.255", "255.255.255.255", "192.168.1.20")


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DARKROOM_<TABLE>__<KEY>, for one key of a table, leaves its other keys as the file has them."""
    monkeypatch.setenv("DARKROOM_DISCORD__API_BASE", "http://127.0.0.1:1/api/v10")
    monkeypatch.setenv("DARKROOM_LEDGER__PATH", "~/elsewhere.db")
    settings = configuration.load(file)
    assert (settings.discord.api_base, settings.discord.guild_id) == ("http://127.0.0.1:1/api/v10", 1234)
    assert settings.ledger.path == Path.home() / "elsewhere.db"


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ("guild_id = 1234", 'guild_id = "none"', "discord.guild_id"),
        ("[ledger]", "[leger]", "leger"),
        ("wake_port = 9", "wake_port = 70000", "tower.0.wake_port"),
        ("aa:bb:cc:dd:ee:ff", "aa:bb", "tower.0.mac"),
        ('name = "tower"', 'name = "../tower"', "tower.0.name"),
        ("user =", "usr =", "tower.0.usr"),
        ("[discord]", "[discord", "darkroom.toml"),
        ("[[tower]]", "[[tower]]\nhost='a'\nkey='k'\nknown_hosts='h'\n[[tower]]", "tower.name"),
    ],
)
def test_what_is_wrong_is_named(file: Path, was: str, becomes: str, named: str) -> None:
    """A key nobody knows, a value that cannot be, two towers of one name: the sentence says where."""
    file.write_text(WHOLE.replace(was, becomes, 1))
    assert named in refusal(file)


def test_a_file_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    """No traceback for a wrong path."""
    assert "missing.toml" in refusal(tmp_path / "missing.toml")


def test_the_token_comes_from_the_environment_or_a_file_and_never_shows(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment wins; white space around it does no harm; printing it shows stars."""
    monkeypatch.delenv("DISCORD_TOKEN", raising=False)
    with pytest.raises(BadSettings):
        configuration.token(configuration.load(file))
    secret = tmp_path / "token"
    secret.write_text(" from-file\n")
    file.write_text(WHOLE.replace("guild_id = 1234", f"guild_id = 1234\ntoken_file = '{secret}'"))
    settings = configuration.load(file)
    assert configuration.token(settings).get_secret_value() == "from-file"
    monkeypatch.setenv("DISCORD_TOKEN", "from-environment")
    found = configuration.token(settings)
    assert found.get_secret_value() == "from-environment"
    assert "from" not in f"{found} {found!r}"
    secret.unlink()
    monkeypatch.delenv("DISCORD_TOKEN")
    with pytest.raises(BadSettings):
        configuration.token(settings)
