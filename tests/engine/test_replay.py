"""A picture's receipt is rendered again, and what came out is held against the picture."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from PIL import Image, PngImagePlugin
from typer.testing import CliRunner, Result

from gpu_agent import catalogue
from gpu_agent.cli.replay import replay
from gpu_agent.config import Config
from gpu_agent.engine import video
from gpu_agent.engine.engine import Engine
from gpu_agent.engine.picture import KEY, png, read_receipt
from gpu_agent.order import Lora, Receipt
from gpu_agent.shelf import Stock
from tests.agent.tiny_models import models_file, order, stable_diffusion
from tests.engine.twins.house import Twins

app = typer.Typer()
app.command()(replay)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stable_diffusion(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, weights: Path) -> Path:
    return models_file(tmp_path_factory.mktemp("models"), {"folder": weights})


@pytest.fixture(scope="module")
def drawn(models: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A picture of the tiny model."""
    engine = Engine(Stock(catalogue.load(models)), Config(), tmp_path_factory.mktemp("root"))
    return engine.draw(order("tiny"), lambda progress, preview=b"": None).content


def _replay(file: Path, content: bytes, *words: object) -> Result:
    file.write_bytes(content)
    return CliRunner().invoke(app, [str(word) for word in (file, *words)])


def _changed(content: bytes, by: int = 0, **own: Any) -> bytes:
    """The picture with every value this much off, up or down, and these fields of its receipt replaced."""
    pixels = np.asarray(Image.open(BytesIO(content))).astype(int)
    off = np.random.default_rng(0).choice([-by, by], pixels.shape)
    image = Image.fromarray((pixels + off).clip(0, 255).astype("uint8"))
    return png(image, read_receipt(content).model_copy(update=own))


def test_the_same_machine_gives_the_same_picture(drawn: bytes, models: Path, tmp_path: Path) -> None:
    """What it says is one line, and the status is that of success."""
    ran = _replay(tmp_path / "p.png", drawn, "--models", models)
    assert (ran.stdout, ran.exit_code) == (f"{tmp_path / 'p.png'}: identical.\n", 0)
    assert [file.name for file in tmp_path.iterdir()] == ["p.png"]


def test_other_roundings_are_near_and_named(drawn: bytes, models: Path, tmp_path: Path) -> None:
    """A picture whose values are two off, by a receipt of other threads, precision and library."""
    versions = {**read_receipt(drawn).versions, "torch": "1.0"}
    content = _changed(drawn, by=2, threads=99, dtype="bfloat16", versions=versions)
    ran = _replay(tmp_path / "p.png", content, "--models", models)
    assert ran.exit_code == 1
    first, *causes = ran.stdout.splitlines()
    assert first == f"{tmp_path / 'p.png'}: near (PSNR 42.1 dB)."
    assert [cause.split(" ")[:3] for cause in causes] == [
        ["It", "was", "computed"],
        ["Each", "operation", "had"],
        ["torch", "was", "1.0,"],
    ]


def test_how_near_is_near_can_be_said(drawn: bytes, models: Path, tmp_path: Path) -> None:
    """The same picture is different for whom 42 decibels are too few; that nothing else differs is said as well."""
    content = _changed(drawn, by=2)
    ran = _replay(tmp_path / "p.png", content, "--models", models, "--tolerance", 50, "--json")
    told = json.loads(ran.stdout)
    assert ran.exit_code == 2
    assert (told["outcome"], round(told["psnr"], 1), told["differences"]) == ("different", 42.1, [])
    plain = _replay(tmp_path / "p.png", content, "--models", models, "--tolerance", 50)
    assert "Nothing that the receipt tells has changed." in plain.stdout


def test_a_clip_and_its_poster(twins: Twins, tmp_path: Path) -> None:
    """Both bear the clip's receipt; each is held against what the clip became, frame by frame."""
    models = twins.models_file(tmp_path, ["wan22-ti2v-5b"])
    engine = Engine(Stock(catalogue.load(models)), Config(), tmp_path)
    sides: dict[str, Any] = {"width": 64, "height": 64, "frames": 5, "steps": 2}
    clip = engine.draw(order("wan22-ti2v-5b", **sides), lambda progress, preview=b"", /: None)
    assert clip.poster is not None
    for name, content in (("clip.mp4", clip.content), ("poster.png", clip.poster)):
        ran = _replay(tmp_path / name, content, "--models", models)
        assert (ran.stdout, ran.exit_code) == (f"{tmp_path / name}: identical.\n", 0)
    pixels = np.random.default_rng(0).random((5, 64, 64, 3))
    other = video.clip(pixels, 8, clip.receipt.model_copy(update={"lossy": ()}))
    assert _replay(tmp_path / "other.mp4", other.content, "--models", models).exit_code == 2
    short = video.clip(pixels[:4], 8, clip.receipt)
    ran = _replay(tmp_path / "short.mp4", short.content, "--models", models)
    assert "different (of another size)" in ran.stdout


def test_other_weights_are_another_picture(drawn: bytes, weights: Path, tmp_path: Path) -> None:
    """The file that was changed is named, in words and for programs."""

    def spoil(pipeline: Any) -> None:
        pipeline.unet.conv_in.weight.mul_(-3.0)

    other = stable_diffusion(tmp_path / "other", spoil)
    (tmp_path / "models").mkdir()
    file = models_file(tmp_path / "models", {"folder": other})
    ran = _replay(tmp_path / "p.png", drawn, "--models", file)
    name = "unet/diffusion_pytorch_model.safetensors"
    assert ran.exit_code == 2
    assert f"The weights' file {name} is another one" in ran.stdout
    told = json.loads(_replay(tmp_path / "p.png", drawn, "--models", file, "--json").stdout)
    assert [(each["what"], each["name"]) for each in told["differences"]] == [("file", name)]


def test_a_receipt_of_an_earlier_version(drawn: bytes, models: Path, tmp_path: Path) -> None:
    """One that knows nothing of files, licence, inputs and modes is replayed like any other."""
    told = json.loads(read_receipt(drawn).model_dump_json())
    old = {"prompt_truncated", "versions", "compiled", "plan", "threads", "device", "dtype", "scheduler", "pipeline"}
    old |= {"order", "model_name", "weights_sha256"}
    asked = {"job", "model", "prompt", "asked", "negative", "seed", "width", "height", "steps", "guidance"}
    receipt = {name: told[name] for name in old} | {"order": {name: told["order"][name] for name in asked}}
    info, stream = PngImagePlugin.PngInfo(), BytesIO()
    info.add_text(KEY, json.dumps(receipt))
    Image.open(BytesIO(drawn)).save(stream, "PNG", pnginfo=info)
    ran = _replay(tmp_path / "p.png", stream.getvalue(), "--models", models, "--json")
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["differences"] == []


@pytest.mark.parametrize(
    ("own", "sentence"),
    [
        ({"model": "gone"}, 'There is no model "gone". Choose one of: '),
        ({"loras": (Lora(id="gone"),)}, "There is no LoRA gone here. "),
        ({"source": "ab" * 32}, "tiny cannot do this (image)."),
    ],
)
def test_what_cannot_be_rendered_again_is_said(
    drawn: bytes, models: Path, tmp_path: Path, own: dict[str, Any], sentence: str
) -> None:
    """A model, a LoRA or a mode that is not here any more: a sentence, and a status of its own."""
    wanted = read_receipt(drawn).order.model_copy(update=own)
    ran = _replay(tmp_path / "p.png", _changed(drawn, order=wanted), "--models", models)
    assert (ran.exit_code, ran.stdout) == (3, "")
    assert ran.stderr.startswith(sentence)
    assert len(ran.stderr.splitlines()) == 1


def test_a_file_that_is_no_picture_of_ours(drawn: bytes, models: Path, tmp_path: Path) -> None:
    """No file, another program's PNG, half a PNG, half an MP4, and a receipt that is none."""
    bare, lying = BytesIO(), BytesIO()
    Image.new("RGB", (8, 8)).save(bare, "PNG")
    info = PngImagePlugin.PngInfo()
    info.add_text(KEY, '{"order": 1}')
    Image.new("RGB", (8, 8)).save(lying, "PNG", pnginfo=info)
    for content in (b"", bare.getvalue(), drawn[:2000], b"\0\0\0\x18ftypisom\0\0", lying.getvalue()):
        ran = _replay(tmp_path / "p.png", content)
        assert (ran.exit_code, ran.stdout) == (3, "")
        assert ran.stderr.startswith("p.png cannot be replayed (")
        assert len(ran.stderr.splitlines()) == 1
    ran = CliRunner().invoke(app, [str(tmp_path / "none.png")])
    assert (ran.exit_code, ran.stderr.count("cannot be read")) == (3, 1)


def test_every_difference_has_its_sentence(drawn: bytes) -> None:
    """Whatever two receipts differ in is put into words."""
    from gpu_agent.cli.replay import _sentence
    from gpu_agent.engine.compare import differences

    then = read_receipt(drawn)
    fields = {"pipeline": "p", "scheduler": "s", "dtype": "d", "device": "v", "threads": 0, "plan": "sequential"}
    fields |= {"compiled": True, "fell": "resident", "repaired": "float32-vae", "resumed_at": 3, "lossy": ("fp8",)}
    told = json.loads(then.model_dump_json()) | fields | {"weights_sha256": "0" * 64, "files": {}}
    told["loras"] = [{"id": "sketch", "sha256": "1" * 64, "weight": 1.0, "how": "slot"}]
    told["versions"] = {**told["versions"], "torch": "0"}
    found = differences(Receipt.model_validate(told), then)
    assert len(found) == 14
    assert all(_sentence(each).endswith(".") for each in found)
