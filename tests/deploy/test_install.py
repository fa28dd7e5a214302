"""The installers, run for real below a scratch folder: the same twice, and refusals in sentences."""

import os
import shutil
import subprocess
from pathlib import Path

import asyncssh
import pytest

from bot import settings as configuration
from gpu_agent import catalogue
from gpu_agent import config as agent_config
from tests.deploy.commands import DEPLOY, assert_they_exist, commands

KEYS = Path("var/lib/gpu-agent/.ssh/authorized_keys")


def install(script: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = ["sh", str(DEPLOY / f"install-{script}.sh"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def installed(script: str, root: Path, *arguments: str | Path) -> dict[str, bytes]:
    """Every file below the scratch folder, after a run that went well."""
    done = install(script, "--prefix", root, *arguments)
    assert done.returncode == 0, done.stderr
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


def public_key(folder: Path, name: str) -> Path:
    key = asyncssh.generate_private_key("ssh-ed25519", comment=name)
    key.write_private_key(str(folder / name))
    key.write_public_key(str(folder / f"{name}.pub"))
    return folder / f"{name}.pub"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return public_key(tmp_path, "bot")


def test_a_tower_gets_exactly_these_files_and_the_same_ones_twice(tmp_path: Path, key: Path) -> None:
    """Running it again is how one upgrades."""
    files = installed("tower", tmp_path / "root", "--key", key)
    assert sorted(files) == [
        "etc/gpu-agent/gpu-agent.toml",
        "etc/gpu-agent/models.toml",
        "etc/polkit-1/rules.d/50-gpu-agent.rules",
        "etc/systemd/system/gpu-agent.service",
        "etc/systemd/system/wake-on-lan@.service",
        str(KEYS),
    ]
    assert installed("tower", tmp_path / "root", "--key", key) == files
    config = agent_config.load(tmp_path / "root/etc/gpu-agent/gpu-agent.toml")
    assert config.models.file == tmp_path / "root/etc/gpu-agent/models.toml"
    assert len(catalogue.load(config.models.file)) == len(catalogue.load())


def test_what_the_owner_wrote_stays(tmp_path: Path, key: Path) -> None:
    """Settings, token and models belong to the owner from the first run on."""
    root = tmp_path / "root"
    installed("tower", root, "--key", key)
    installed("bot", root)
    own = [
        "etc/gpu-agent/models.toml",
        "etc/gpu-agent/gpu-agent.toml",
        "etc/darkroom/darkroom.toml",
        "etc/darkroom/token",
    ]
    for name in own:
        (root / name).write_text("# mine\n", encoding="utf-8")
    installed("tower", root, "--key", key)
    after = installed("bot", root)
    assert [after[name] for name in own] == [b"# mine\n"] * 4


def test_a_bots_key_may_attach_and_nothing_else(tmp_path: Path, key: Path) -> None:
    """The line is the one of the example, with this key."""
    written = installed("tower", tmp_path / "root", "--key", key)[str(KEYS)].decode()
    line, example = written.strip(), (DEPLOY / "authorized_keys.example").read_text(encoding="utf-8").splitlines()[-1]
    assert line == example.partition(" ssh-")[0] + " " + key.read_text().strip()
    assert line.startswith('restrict,command="/opt/gpu-agent/bin/gpu-agent attach --socket ')
    assert_they_exist(commands(line))
    assert len(commands(line)) == 1
    if shutil.which("ssh-keygen"):
        told = subprocess.run(["ssh-keygen", "-lf", tmp_path / "root" / KEYS], capture_output=True, text=True)
        assert told.stdout.split()[1] == asyncssh.read_public_key(key).get_fingerprint()


def test_keys_of_several_bots_stand_beside_each_other(tmp_path: Path, key: Path) -> None:
    """The same key again replaces its own line, say because it may now come from one address only."""
    root, other = tmp_path / "root", public_key(tmp_path, "other")
    installed("tower", root, "--key", key)
    installed("tower", root, "--key", other)
    lines = installed("tower", root, "--key", key, "--from", "192.168.1.0/24")[str(KEYS)].decode().splitlines()
    assert [line.split()[-1] for line in lines] == ["other", "bot"]
    assert [line.partition(",")[0] for line in lines] == ["restrict", 'from="192.168.1.0/24"']


def test_the_bots_settings_load_and_keep_everything_in_its_own_folder(tmp_path: Path) -> None:
    """The unit lets the bot write nowhere else."""
    root = tmp_path / "root"
    assert sorted(installed("bot", root)) == [
        "etc/darkroom/darkroom.toml",
        "etc/darkroom/token",
        "etc/systemd/system/darkroom.service",
    ]
    settings = configuration.load(root / "etc/darkroom/darkroom.toml")
    (tower,) = settings.tower
    written = (settings.ledger.path, tower.key, tower.known_hosts)
    assert {path.parent for path in written} == {Path("/var/lib/darkroom")}
    assert settings.discord.token_file == Path("/etc/darkroom/token")
    assert (root / "etc/darkroom/token").stat().st_mode & 0o777 == 0o640


def refusals(tmp_path: Path) -> dict[tuple[str, ...], str]:
    """Arguments, and words of the sentence they are refused with."""
    root, two = ("--prefix", str(tmp_path / "root")), tmp_path / "two.pub"
    two.write_text(public_key(tmp_path, "one").read_text() * 2)
    return {
        ("tower", *root): "Say which key may come in: --key FILE",
        ("tower", *root, "--key", "/no/such.pub"): "/no/such.pub cannot be read",
        ("tower", *root, "--key", str(tmp_path / "one")): "is not one public key on one line",
        ("tower", *root, "--key", str(two)): "is not one public key on one line",
        ("tower", *root, "--key", str(tmp_path / "one.pub"), "--from", '1.2.3.4",command="sh'): "is not a list of",
        ("tower", "--key"): "--key needs a value",
        ("tower", "--port", "22"): "--port is no option",
        ("bot", "--prefix"): "--prefix needs a value",
        ("bot", "--key", "x"): "--key is no option",
    }


def test_what_cannot_be_right_is_refused_in_a_sentence_and_nothing_is_written(tmp_path: Path) -> None:
    """Before the first user, program or file."""
    for (script, *arguments), sentence in refusals(tmp_path).items():
        refused = install(script, *arguments)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert sentence in refused.stderr
        assert len(refused.stderr.splitlines()) == 1
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize("script", ["bot", "tower"])
def test_without_root_nothing_is_begun(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Making users takes root, and it says so first. `id` answers as it does for anybody else."""
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n", encoding="utf-8")
    (tmp_path / "id").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    refused = install(script)
    assert (refused.returncode, refused.stderr) == (1, "This makes a user and a service. Run it with sudo.\n")


@pytest.mark.parametrize("script", ["bot", "tower"])
def test_help_names_every_option(script: str) -> None:
    """The comment at the top is the help."""
    told = install(script, "--help")
    assert told.returncode == 0
    source = (DEPLOY / f"install-{script}.sh").read_text(encoding="utf-8")
    for option in ("--prefix", "--key", "--from"):
        assert (option in told.stdout) == (f"    {option}" in source.split("write_files")[0])


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="no shellcheck here")
def test_shellcheck_has_nothing_to_say() -> None:
    """All scripts, and what they source."""
    told = subprocess.run(["shellcheck", "-x", *sorted(DEPLOY.glob("*.sh"))], capture_output=True, text=True)
    assert told.stdout == ""
