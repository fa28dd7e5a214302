"""`darkroom cost`: what the settings' figures come to, for people and for programs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app

SETTINGS = '[discord]\nguild_id = 1\n[costs]\nper_kwh = 0.4\nhosted_picture = 0.1\ncurrency = "EUR"\n'


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["cost", *map(str, arguments)])
    return result.exit_code, result.output


def test_without_settings_the_figures_that_ship_are_told_as_such(tmp_path: Path) -> None:
    """Two hundred pictures a month pay for a tower in years, not in months."""
    code, told = run("--config", tmp_path / "none.toml", "--price", 800, "--seconds", 17.8)
    assert code == 0
    assert "rendering: 346 Wh, $0.04" in told
    assert "From a hosted API: $9.00." in told
    assert "A tower for $800.00 has paid for itself after 7.4 years." in told
    assert "figures that Darkroom comes with" in told


def test_the_settings_count_and_idling_is_told(tmp_path: Path) -> None:
    """A tower that never sleeps can be dearer than the API, and then never pays for itself."""
    config = tmp_path / "darkroom.toml"
    config.write_text(SETTINGS)
    code, told = run("--config", config, "--pictures", 100, "--awake", 700, "--price", 800)
    assert code == 0
    assert "awake without rendering: 56.0 kWh, 22.40 EUR" in told
    assert "The hosted API is cheaper by 12.48 EUR a month." in told
    assert "A tower for 800.00 EUR never pays for itself so." in told
    assert "comes with" not in told


def test_programs_get_numbers(tmp_path: Path) -> None:
    config = tmp_path / "darkroom.toml"
    config.write_text(SETTINGS)
    found = json.loads(run("--config", config, "--pictures", 1000, "--seconds", 36, "--price", 98.6, "--json")[1])
    assert found == {
        "watt_hours": 3500.0, "electricity": 1.4, "hosted": 100.0, "saved": 98.6, "payback_months": 1.0,
    }  # fmt: skip


@pytest.mark.parametrize("wrong", ["per_kwh = -1", 'rendering_watts = "much"', "watts = 3"])
def test_settings_that_are_wrong_are_refused_in_words(tmp_path: Path, wrong: str) -> None:
    config = tmp_path / "darkroom.toml"
    config.write_text(f"[discord]\nguild_id = 1\n[costs]\n{wrong}\n")
    code, told = run("--config", config)
    assert code == 2
    assert "costs" in told
    assert "Traceback" not in told
