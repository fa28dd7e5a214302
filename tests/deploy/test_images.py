"""The container of the bot and the installer for Windows, as far as they can be looked at where neither runs."""

import json
import re
import tomllib

from tests.deploy.commands import DEPLOY, ROOT, assert_they_exist, commands, options

DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
STAGES = DOCKERFILE.split("\nFROM ")[1:]
WINDOWS = DEPLOY / "windows" / "install-tower.ps1"


def test_the_container_copies_what_there_is_and_its_context_lets_it_through() -> None:
    """A path that is ignored fails only when somebody builds."""
    copied = [word for line in re.findall(r"(?m)^COPY (?!--)(.+) \S+$", DOCKERFILE) for word in line.split()]
    allowed = re.findall(r"(?m)^!(\S+)$", (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8"))
    assert sorted(copied) == sorted(allowed)
    assert all((ROOT / name).exists() for name in copied)


def test_what_the_container_copies_is_all_that_a_build_needs() -> None:
    """The packages, and the files that the project's own description names."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named = [project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml"]
    packages = [name.rstrip("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]]
    assert all(re.search(rf"(?m)^COPY .*\b{re.escape(name)}\b", STAGES[0]) for name in named + packages)


def test_the_container_runs_the_bot_as_nobody_special() -> None:
    """By number, so that a host can see that it is not root."""
    last = STAGES[-1]
    entry, command = (json.loads(found) for found in re.findall(r"(?m)^(?:ENTRYPOINT|CMD) (\[.*\])$", last))
    program = entry[0].rpartition("/")[2]
    assert_they_exist(found := commands(" ".join([program, *command])))
    assert [(one.program, one.verbs) for one in found] == [("darkroom", ("run",))]
    (user,) = re.findall(r"(?m)^USER (\d+)$", last)
    assert int(user) > 0
    assert f"--uid {user}" in last
    assert last.index("\nUSER") < last.index("\nENTRYPOINT")


def test_the_windows_installer_is_read_the_same_by_every_powershell() -> None:
    """The one that Windows brings reads a file without a mark as the country's own code page."""
    assert WINDOWS.read_bytes().isascii()


def test_the_windows_installer_starts_what_exists() -> None:
    """`serve` as a task and `attach` behind the key, at the same pipe."""
    text = WINDOWS.read_text(encoding="ascii")
    lines = re.findall(r"\$Agent`?\"? (serve|attach) ([^\n]*)", text)
    assert [verb for verb, _ in lines] == ["attach", "serve"]
    for verb, rest in lines:
        assert "--socket $Pipe" in rest
        assert set(re.findall(r"(?<![\w-])--[a-z]+", rest)) <= options("gpu-agent", (verb,))


def test_the_page_gives_the_windows_installer_what_it_asks_for() -> None:
    """Every mandatory parameter, and no other."""
    mandatory = re.findall(r"\[Parameter\(Mandatory\)\] \[string\] \$(\w+)", WINDOWS.read_text(encoding="ascii"))
    (example,) = re.findall(r"(?m)^\.\\deploy\\windows\\(.*)$", (ROOT / "docs/operating.md").read_text("utf-8"))
    assert re.findall(r" -(\w+)", example) == mandatory
