"""`gpu-agent models`: the table a person chooses from, and the same as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from gpu_agent import catalogue
from gpu_agent.cli import models as command
from gpu_agent.stock import Gpu
from tests.agent.tiny_models import models_file

KNOWN = catalogue.load()
GB = 10**9


def run(*arguments: str) -> Result:
    app = typer.Typer()
    app.command()(command.models)
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "220"})


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with a card of 24 GB, whose owner may let us have less of it."""

    def cards(most: int | None = None) -> tuple[Gpu, ...]:
        total = min(most or 24 * GB, 24 * GB)
        return (Gpu(name="RTX 3090", total=total, free=total, arch="sm86", ram=64 * GB, ram_free=60 * GB),)

    monkeypatch.setattr(command, "cards", cards)


def rows(told: str) -> dict[str, list[str]]:
    """The table's rows by id."""
    cells = [[cell.strip() for cell in line.strip("│").split("│")] for line in told.splitlines() if line[:1] == "│"]
    return {row[0]: row for row in cells}


def told(*arguments: str) -> dict[str, dict[str, Any]]:
    return {model["id"]: model for model in json.loads(run(*arguments, "--json").stdout)}


@pytest.mark.usefixtures("card")
def test_the_table_tells_terms_size_card_and_presence() -> None:
    """Every model once; only the one that ships is here."""
    ran = run()
    assert ran.exit_code == 0
    assert "on RTX 3090" in ran.stdout
    table = rows(ran.stdout)
    assert [*table] == [model.id for model in KNOWN]
    assert [model_id for model_id, row in table.items() if row[-1] == "yes"] == ["demo", "demo-sketch"]
    assert table["flux-dev"][2:4] == ["FLUX.1 dev Non-Commercial (not commercial)", "33.7 GB"]
    assert table["sdxl"][1:4] == [
        "text, image, inpaint, control (canny, depth, pose), reference",
        "OpenRAIL++-M",
        "6.9 GB",
    ]
    assert table["demo"][3] == "-"
    assert table["sdxl"][4].startswith("resident, ")


@pytest.mark.usefixtures("card")
def test_a_smaller_share_of_the_card_shows(tmp_path: Path) -> None:
    """The settings' cap is planned with, as the daemon does."""
    settings = tmp_path / "gpu-agent.toml"
    settings.write_text("[card]\nvram_gb = 4.0\n")
    whole, capped = told(), told("--config", str(settings))
    assert whole["sdxl"]["plan"]["rung"] == "resident"
    assert capped["sdxl"]["plan"].get("rung") != "resident"
    for model in capped.values():
        assert model["plan"].get("peak", 0) <= 4 * GB


def test_what_does_not_fit_is_told_with_what_is_lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine with little of everything; and a clip without a smaller size does not promise one."""
    small = Gpu(name="GTX 750", total=2 * GB, free=2 * GB, arch="sm50", ram=4 * GB, ram_free=3 * GB)
    monkeypatch.setattr(command, "cards", lambda most=None: (small,))
    table = rows(run().stdout)
    assert table["hidream-full"][4].startswith("no: ")
    assert " GB" in table["hidream-full"][4]
    assert told()["hidream-full"]["plan"]["refusal"] == "does-not-fit"
    assert table["demo"][4].startswith("resident, ")


@pytest.mark.usefixtures("card")
def test_a_users_model_is_told_with_the_rest(tmp_path: Path) -> None:
    """By the file of --models, or of the settings; its size on the hub is estimated from its parts."""
    own = models_file(tmp_path, {"repo": "someone/model", "commercial": False})
    own.write_text(own.read_text() + 'parts = [{ name = "unet", role = "denoiser", bytes = 2_000_000_000 }]\n')
    assert told("--models", str(own))["tiny"]["download"] == 2 * GB
    settings = tmp_path / "gpu-agent.toml"
    settings.write_text('[models]\nfile = "models.toml"\n')
    assert rows(run("--config", str(settings)).stdout)["tiny"][2] == "Apache-2.0 (not commercial)"


@pytest.mark.usefixtures("card")
def test_what_the_settings_ask_for_counts(tmp_path: Path) -> None:
    """A format that the owner wants stands in the plan, as the daemon would take it."""
    settings = tmp_path / "gpu-agent.toml"
    settings.write_text('[speed]\nquantize = "int8"\n')
    asked, usual = told("--config", str(settings))["sdxl"]["plan"], told()["sdxl"]["plan"]
    assert (asked["format"], usual["format"]) == ("int8", "")
    assert "int8: asked for in the settings" in asked["because"]


@pytest.mark.parametrize(("option", "text"), [("--models", "[[modell]]\n"), ("--config", "[modells]\n")])
def test_a_file_that_cannot_be_used_is_a_sentence(tmp_path: Path, option: str, text: str) -> None:
    """And the status says that nothing was done."""
    file = tmp_path / "own.toml"
    file.write_text(text)
    ran = run(option, str(file))
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.strip().endswith("Correct the file and start again.")
