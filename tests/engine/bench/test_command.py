"""`gpu-agent bench`: one page and one file of figures for models with weights and without."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from gpu_agent.cli.bench import bench
from gpu_agent.config import Config
from gpu_agent.engine.bench.pulling import Pulling
from gpu_agent.engine.bench.subject import Subject
from tests.engine.twins import build
from tests.engine.twins.house import Twins
from tests.engine.twins.models_file import models_file

app = Typer()
app.command()(bench)


@dataclass(frozen=True)
class Run:
    told: Result
    figures: dict[str, Any]
    folder: Path

    def row(self, model: str) -> dict[str, Any]:
        found: dict[str, Any] = next(row for row in self.figures["rows"] if row["model"] == model)
        return found


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture(scope="module")
def models(twins: Twins, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with few steps, and a Z-Image of which only the settings are here."""
    place = tmp_path_factory.mktemp("bench")
    bare = place / "bare"
    shutil.copytree(twins.folder("z-image-turbo"), bare, ignore=shutil.ignore_patterns("*.safetensors"))
    entries = [
        build.twin_entry("demo", twins.folder("demo")) | {"steps": 2},
        build.twin_entry("z-image-turbo", bare) | {"steps": 2},
    ]
    return models_file(place, entries)


@pytest.fixture(scope="module")
def done(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    place = tmp_path_factory.mktemp("figures")
    words = ["--random-weights", "--runs", "2", "--size", "96x96", "--levers", "--minutes", "60"]
    files = ["--models", str(models), "--json", str(place / "all.json"), "--trace", str(place / "trace.json")]
    told = run("demo", "z-image-turbo", *words, *files)
    assert told.exit_code == 0, told.output
    return Run(told, json.loads((place / "all.json").read_bytes()), place)


def test_every_model_has_its_floor_the_plain_call_and_ours(done: Run) -> None:
    """Each counted, and timed as often as was asked for."""
    for model in ("demo", "z-image-turbo"):
        row = done.row(model)
        assert row["work"]["evaluations"] == 2
        assert row["floor"] * done.figures["rate"] == pytest.approx(
            row["work"]["text"] + row["work"]["denoiser"] + row["work"]["decoder"]
        )
        assert [row[way]["runs"] for way in ("plain", "ours")] == [2, 2]
        assert all(row["ours"][what] > 0 for what in ("text", "denoise", "decode", "png", "peak"))
        assert (row["width"], row["height"], row["recompiled"]) == (96, 96, 0)
        assert 0 <= row["idle"] < 1


def test_random_weights_are_said_to_be_so_and_no_picture_of_them_is_judged(done: Run) -> None:
    """Their speed counts; a difference between two of their pictures says nothing."""
    random, real = done.row("z-image-turbo"), done.row("demo")
    assert (random["random"], real["random"]) == (True, False)
    assert "Random weights" in done.told.stdout
    assert [each["largest"] for each in random["pulled"] if each["largest"] is not None] == []
    assert random["first"] is None
    assert real["first"]["bytes"] > 0


def test_levers_are_pulled_one_after_another_and_held_against_the_plain_picture(done: Run) -> None:
    """Without any, and with those of a processor, the same picture to the last bit of its file."""
    lines = [each for each in done.row("demo")["pulled"] if each["median"] is not None]
    assert [each["lever"].split(" (")[0] for each in lines][:5] == [
        *("none of them", "channels last", "attention", "compiled", "CUDA graphs")
    ]
    assert lines[0]["largest"] == 0
    assert all(each["largest"] <= 1 / 255 for each in lines)


def test_a_lossy_lever_that_cannot_be_had_here_is_no_figure(twins: Twins, tmp_path: Path) -> None:
    """A processor multiplies no short weights, and two steps are too few to skip any."""
    subject = Subject(twins.model("demo").model_copy(update={"steps": 2}), "cpu", random=False, size=(96, 96))
    assert subject.ready()
    exact, *lossy = Pulling(subject, Config(), tmp_path, None, perf_counter() + 3600).lossy()
    assert exact.median
    assert [each.lever for each in lossy] == ["fp8", "int8", "first-block", "taylor-seer"]
    assert all(each.median is None and each.missing for each in lossy)
    assert not (tmp_path / "fidelity.json").exists()


def test_a_timeline_is_written_and_told_in_five_lines(done: Run) -> None:
    """For each model one."""
    for model in ("demo", "z-image-turbo"):
        assert json.loads((done.folder / f"trace-{model}.json").read_bytes())["traceEvents"]
        lines = done.row(model)["traced"]
        assert len(lines) == 5
        assert sum(float(line.split(" %")[0]) for line in lines) == pytest.approx(100, abs=0.5)


def test_the_page_has_all_of_it(done: Run) -> None:
    """A line for each model in each table, and how to get it again."""
    page = done.told.stdout
    assert page.count("| demo | ") >= 4
    assert page.count("| z-image-turbo | ") >= 4
    assert "ours ÷ floor" in page
    assert "TFLOP/s" in page


def test_what_is_not_here_is_left_out_with_what_to_do(models: Path) -> None:
    """Nothing is downloaded, and no other weights are taken instead without being asked for."""
    told = run("z-image-turbo", "--models", str(models))
    assert told.exit_code == 1
    assert "--random-weights" in told.stdout
    assert "gpu-agent fetch z-image-turbo" in told.stdout


def test_what_there_was_no_time_for_is_said(models: Path) -> None:
    """By name."""
    told = run("demo", "--models", str(models), "--minutes", "0.000001")
    assert told.exit_code == 1
    assert "the time was up" in told.stdout


@pytest.mark.parametrize(("words", "said"), [(["nobody"], "There is no model"), (["--size", "big"], "is not a size")])
def test_a_slip_of_the_pen_is_answered_at_once(words: list[str], said: str) -> None:
    """Before anything is loaded."""
    told = run(*words)
    assert told.exit_code != 0
    assert said in told.output
