"""`gpu-agent render` and `gpu-agent models`, as a person at the tower's keyboard uses them."""

import hashlib
import json
import os
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from gpu_agent import catalogue
from gpu_agent.cli.models import models
from gpu_agent.cli.render import render
from gpu_agent.engine.picture import read_receipt
from tests.agent.tiny_models import models_file

KNOWN = ", ".join(model.id for model in catalogue.load())
NO_FILE = Path("no.toml").absolute()
app = typer.Typer()
app.command()(render)
app.command()(models)


def _run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_a_picture_is_rendered_by_one_command(tmp_path: Path) -> None:
    """The file named is there, whole, with what was asked in its receipt; the rest is the model's own."""
    out = tmp_path / "star.png"
    ran = _run("render", "--prompt", "a red star", "--seed", "3", "--steps", "4", "--width", "96", "-o", out)
    assert ran.exit_code == 0, ran.output
    order = read_receipt(out.read_bytes()).order
    assert (order.prompt, order.seed, order.steps, order.width) == ("a red star", 3, 4, 96)
    assert (order.model, order.height, order.guidance) == ("demo", 256, 2.0)
    assert [file.name for file in tmp_path.iterdir()] == ["star.png"]


def test_the_outcome_can_be_read_by_programs(tmp_path: Path, sd_folder: Path) -> None:
    """With --json the standard output is one JSON object about a file that is there; a seed is chosen."""
    out, file = tmp_path / "o.png", models_file(tmp_path, {"folder": sd_folder})
    ran = _run("render", "--prompt", "x", "--model", "tiny", "--models", file, "-o", out, "--json")
    told = json.loads(ran.stdout)
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert (told["file"], told["bytes"]) == (str(out), out.stat().st_size)
    assert 0 <= told["receipt"]["order"]["seed"] < 2**32


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--model", "nope"), f'There is no model "nope". Choose one of: {KNOWN}.'),
        (("--width", "1000"), "demo draws sides from 96 to 320 pixels, not 1000x256. Ask for 320x256, for example."),
        (("--height", "97"), "demo draws sides that are multiples of 8, not 256x97. Ask for 256x96, for example."),
        (("--steps", "0"), "--steps 0: Input should be greater than or equal to 1. Give another value."),
        (("--models", "no.toml"), f"{NO_FILE}: cannot be read ({os.strerror(2)}). Correct the file and start again."),
    ],
)  # fmt: skip
def test_a_wrong_order_is_refused_with_a_sentence(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    """What is wrong and what would do, on the error output; no file, and a status that is not 0."""
    ran = _run("render", "--prompt", "x", "-o", tmp_path / "o.png", *words)
    assert ran.stderr.strip() == sentence
    assert ran.exit_code in (1, 2)
    assert list(tmp_path.iterdir()) == []


def test_a_prompt_out_of_bounds_is_refused(tmp_path: Path) -> None:
    """An empty prompt, and one longer than the model reads."""
    empty, long = (_run("render", "--prompt", words, "-o", tmp_path / "o.png") for words in (" ", "x" * 301))
    assert empty.stderr == "The prompt is empty. Say what the picture shall show.\n"
    assert long.stderr == "The prompt has 301 characters and demo reads 300. Shorten it.\n"


def test_missing_weights_are_told_with_the_way_to_get_them(tmp_path: Path) -> None:
    """A repository that was never fetched: the sentence holds the command that fetches it."""
    file = models_file(tmp_path, {"repo": "nobody/nothing"})
    ran = _run("render", "--prompt", "x", "--model", "tiny", "--models", file, "-o", tmp_path / "o.png")
    assert ran.stderr.strip().endswith("Fetch them with: gpu-agent fetch tiny")
    assert ran.exit_code == 1


def test_a_folder_that_is_not_there_is_noticed_before_the_render(tmp_path: Path) -> None:
    """Minutes of rendering are not thrown away for a wrong path."""
    ran = _run("render", "--prompt", "x", "-o", tmp_path / "no" / "o.png")
    assert ran.stderr.startswith(f"There is no folder {tmp_path / 'no'}")


def test_the_models_are_listed_with_what_is_missing(tmp_path: Path) -> None:
    """The shipped model is here, the user's is not, in the table as in JSON."""
    file = models_file(tmp_path, {"repo": "nobody/nothing", "commercial": False})
    table = _run("models", "--models", file).stdout
    assert [line.split()[-2] for line in table.splitlines() if " demo " in line or " tiny " in line] == ["yes", "no"]
    told = json.loads(_run("models", "--models", file, "--json").stdout)
    found = {model["id"]: (model["present"], model["commercial"]) for model in told}
    assert (found["demo"], found["tiny"]) == ((True, True), (False, False))


def _picture(place: Path, name: str, colour: str) -> Path:
    Image.new("RGB", (100, 80), colour).save(place / name)
    return place / name


def test_pictures_come_along(tmp_path: Path) -> None:
    """Source and mask are copied to where the engine looks for them, and what the mask spares is the source's."""
    out, source, mask = tmp_path / "o.png", _picture(tmp_path, "s.png", "blue"), _picture(tmp_path, "m.png", "black")
    Image.open(mask).paste("white", (0, 0, 50, 80))
    ran = _run("render", "--prompt", "a star", "--source", source, "--mask", mask, "--strength", "0.5",
               "--steps", "4", "-o", out, "--spool", tmp_path / "spool")  # fmt: skip
    assert ran.exit_code == 0, ran.output
    order = read_receipt(out.read_bytes()).order
    kept = {hashlib.sha256(file.read_bytes()).hexdigest() for file in (source, mask)}
    assert {order.source, order.mask} == {file.name for file in (tmp_path / "spool/inputs").iterdir()} == kept
    assert (order.mode, order.strength) == ("inpaint", 0.5)
    assert Image.open(out).getpixel((100, 64)) == (0, 0, 255)


def test_a_picture_is_gone_on_with_from_a_kept_step(tmp_path: Path) -> None:
    """--keep-at leaves a checkpoint in the folder, and --start goes on from it."""
    usual = ("render", "--prompt", "a star", "--seed", "1", "--steps", "5", "--spool", tmp_path / "spool")
    first, second = tmp_path / "1.png", tmp_path / "2.png"
    assert _run(*usual, "--keep-at", "3", "-o", first).exit_code == 0
    ran = _run(*usual, "--start", "3", "-o", second)
    assert ran.exit_code == 0, ran.output
    assert read_receipt(second.read_bytes()).resumed_at == 3
    assert Image.open(first).tobytes() == Image.open(second).tobytes()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--lora", "none:0.5"), "There is no LoRA none here."),
        (("--control", "canny=no.png"), "no.png cannot be read"),
        (("--source", "no.png"), "no.png cannot be read"),
        (("--start", "2"), "There is no checkpoint after step 2 of render here"),
    ],
)
def test_what_comes_along_is_checked_first(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    """A file, LoRA or checkpoint that is not there ends the command with its sentence, and no picture."""
    ran = _run("render", "--prompt", "x", "-o", tmp_path / "o.png", *words)
    assert ran.stderr.strip().startswith(sentence)
    assert ran.exit_code in (1, 2)
    assert list(tmp_path.iterdir()) == []
