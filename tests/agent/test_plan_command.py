"""`gpu-agent plan`: the table, the JSON, and what it says when nothing fits."""

import json

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from gpu_agent.cli.plan import plan
from gpu_agent.planner import RUNGS

app = Typer()
app.command()(plan)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})


def test_an_imagined_card_is_planned_for() -> None:
    """Every rung is told with its bytes, and the one that is taken is marked."""
    told = run("flux-dev", "--vram", "8", "--ram", "64", "--card", "RTX 3070", "--arch", "sm86")
    assert told.exit_code == 0
    rows = [line for line in told.stdout.splitlines() if any(f" {rung} " in line for rung in RUNGS)]
    assert len(rows) == len(RUNGS)
    assert [row.split()[1] for row in rows if "taken" in row] == ["streamed"]
    assert "would take 35.3 GB of 7.6 GB" in told.stdout


def test_json_holds_the_same() -> None:
    """For scripts: the plan, and each rung with why it will not do."""
    told = json.loads(run("flux-dev", "--vram", "24", "--arch", "sm89", "--ram", "64", "--json").stdout)
    assert (told["plan"]["rung"], told["plan"]["format"]) == ("quantized", "fp8")
    assert [option["plan"]["rung"] for option in told["considered"]] == list(RUNGS)
    assert told["considered"][0]["fault"]


@pytest.mark.parametrize("extra", [["--control"], ["--lora", "4"], ["--reference"], ["--size", "1280x1280"]])
def test_what_is_added_takes_memory(extra: list[str]) -> None:
    """LoRAs, ControlNet, reference and size all count."""
    bare, dressed = (
        json.loads(run("sdxl", "--vram", "80", "--json", *more).stdout)["plan"]["peak"] for more in ([], extra)
    )
    assert dressed > bare


def test_frames_of_a_clip_count() -> None:
    """A shorter clip takes less."""
    short, usual = (
        json.loads(run("wan22-t2v-a14b", "--vram", "80", "--json", *more).stdout)["plan"]["peak"]
        for more in (["--frames", "17"], [])
    )
    assert short < usual


def test_without_a_card_named_this_machine_is_looked_at() -> None:
    """The demo model fits wherever the tests run."""
    told = run("demo").stdout
    assert "resident" in told
    assert "taken" in told


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["flux-dev", "--vram", "0.5"], 1, "Try another model."),
        (["no-such-model"], 1, 'There is no model "no-such-model".'),
        (["sdxl", "--size", "1023x1024"], 1, "Ask for 1024x1024"),
        (["sdxl", "--size", "large"], 2, "Write it as 1024x768."),
        (["hidream-dev", "--control"], 1, "It offers: text."),
    ],
)
def test_a_refusal_says_what_would_do(words: list[str], code: int, sentence: str) -> None:
    """The same sentences as for a render, and a status that scripts notice."""
    told = run(*words)
    assert told.exit_code == code
    assert sentence in told.output.replace("\n", " ")
