"""`darkroom tower trust|status`, as a person and as a program calls them."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest
from typer.testing import CliRunner, Result

from bot.cli.tower import app
from bot.dispatch.pins import pinned
from bot.dispatch.trust import look_at_key
from bot.settings import Tower, load
from tests.dispatch.ssh import SshServer

CONFIG = """
[discord]
guild_id = 1
[[tower]]
name = "tower"
host = "127.0.0.1"
port = {port}
user = "{user}"
key = "{key}"
known_hosts = "{known_hosts}"
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SshServer]:
    """A tower without an agent."""
    server = SshServer(tmp_path / "ssh", "no-such-agent")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def config(server: SshServer, tmp_path: Path) -> Path:
    path = tmp_path / "darkroom.toml"
    known_hosts = tmp_path / "trust" / "known_hosts"
    path.write_text(CONFIG.format(port=server.port, user=server.user, key=server.client_key, known_hosts=known_hosts))
    return path


def call(config: Path, *arguments: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, [*arguments, "--config", str(config)], input=answer)


def tower(config: Path) -> Tower:
    return load(config).tower[0]


def fingerprint(server: SshServer) -> str:
    return str(server.host_key.get_fingerprint())


def test_a_person_compares_and_says_yes(server: SshServer, config: Path) -> None:
    """The fingerprint is shown before the question; afterwards the key is pinned, for this user's eyes alone."""
    result = call(config, "trust", answer="y\n")
    assert result.exit_code == 0
    assert fingerprint(server) in result.stdout
    assert [key.get_fingerprint() for key in pinned(tower(config))] == [fingerprint(server)]
    assert stat.S_IMODE(tower(config).known_hosts.stat().st_mode) == 0o600


def test_a_person_says_no(config: Path) -> None:
    """Nothing is pinned."""
    result = call(config, "trust", answer="n\n")
    assert result.exit_code == 1
    assert pinned(tower(config)) == []


def test_a_fingerprint_answers_the_question(server: SshServer, config: Path) -> None:
    """The right one is pinned without asking, a wrong one is refused, and --yes does not overrule that."""
    wrong = "SHA256:" + "A" * 43
    refused = call(config, "trust", "--fingerprint", wrong, "--yes")
    assert (refused.exit_code, pinned(tower(config))) == (1, [])
    assert wrong in refused.stderr
    assert call(config, "trust", "--fingerprint", fingerprint(server)).exit_code == 0
    assert len(pinned(tower(config))) == 1


def test_another_key_is_replaced_only_when_that_is_said(server: SshServer, config: Path) -> None:
    """A tower that shows another key than the pinned one is not trusted by --yes alone."""
    call(config, "trust", "--yes")
    before = fingerprint(server)
    server.stop()
    server.renew_host_key("ecdsa-sha2-nistp256")
    server.start()
    refused = call(config, "trust", "--yes")
    assert (refused.exit_code, pinned(tower(config))[0].get_fingerprint()) == (1, before)
    assert "--replace" in refused.stderr
    assert call(config, "trust", "--yes", "--replace").exit_code == 0
    assert [key.get_fingerprint() for key in pinned(tower(config))] == [fingerprint(server)]


def test_other_towers_keep_their_lines(server: SshServer, config: Path) -> None:
    """Trusting one tower changes nothing for another, nor for a comment."""
    others = (
        f"# mine\ntower:other {asyncssh.generate_private_key('ssh-ed25519').export_public_key().decode().strip()}\n"
    )
    tower(config).known_hosts.parent.mkdir()
    tower(config).known_hosts.write_text(others)
    call(config, "trust", "--yes")
    assert tower(config).known_hosts.read_text().startswith(others)
    assert len(pinned(tower(config))) == 1


def test_the_pinned_key_again_changes_nothing(config: Path) -> None:
    """And asks nothing."""
    call(config, "trust", "--yes")
    before = tower(config).known_hosts.stat()
    assert call(config, "trust").exit_code == 0
    after = tower(config).known_hosts.stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_size) == (before.st_ino, before.st_mtime_ns, before.st_size)


def test_a_program_gets_json_and_no_question(server: SshServer, config: Path) -> None:
    """Without --yes it is only told the fingerprint."""
    looked = call(config, "trust", "--json")
    told = json.loads(looked.stdout)
    assert (looked.exit_code, told["trusted"], told["fingerprint"]) == (1, False, fingerprint(server))
    trusted = json.loads(call(config, "trust", "--json", "--yes").stdout)
    assert (trusted["trusted"], trusted["tower"]) == (True, "tower")


def test_a_tower_that_is_off_is_told_in_words(server: SshServer, config: Path) -> None:
    """No traceback; what to do next."""
    server.stop()
    result = call(config, "trust", "--yes")
    assert result.exit_code == 1
    assert "SSH server" in result.stderr
    assert pinned(tower(config)) == []


def test_a_name_that_no_tower_has(config: Path) -> None:
    """The names there are."""
    result = call(config, "trust", "--tower", "elsewhere", "--yes")
    assert result.exit_code == 1
    assert "There is: tower." in result.stderr


def test_status_tells_the_rung_and_the_next_step(config: Path) -> None:
    """Before trust the climb ends below the login, after it at the missing agent."""
    untrusted = json.loads(call(config, "status", "--json").stdout)["towers"]
    assert [(one["rung"], one["kind"]) for one in untrusted] == [("ssh", "host-key-unknown")]
    call(config, "trust", "--yes")
    told = call(config, "status")
    assert told.exit_code == 0
    assert told.stdout.startswith("tower  login  ")
    assert "gpu-agent" in told.stdout


def test_wrong_settings_are_told_in_words(tmp_path: Path) -> None:
    """A file that is not there is named."""
    result = call(tmp_path / "absent.toml", "status")
    assert result.exit_code == 1
    assert "absent.toml" in result.stderr


async def test_a_server_with_many_keys_shows_the_one_a_person_compares(tmp_path: Path) -> None:
    """A stock sshd has RSA, ECDSA and ed25519 keys; the last is what the words tell a person to look at."""
    keys = [asyncssh.generate_private_key(kind) for kind in ("ssh-rsa", "ecdsa-sha2-nistp256", "ssh-ed25519")]
    async with asyncssh.listen("127.0.0.1", 0, server_host_keys=keys) as listener:
        port = listener.get_port()
        tower = Tower(host="127.0.0.1", port=port, key=tmp_path / "key", known_hosts=tmp_path / "known_hosts")
        shown = await look_at_key(tower)
    assert shown.fingerprint == keys[2].get_fingerprint()
