"""`gpu-agent fetch` with the hub's real client against a hub on loopback: what arrives, is asked for, is told."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from click.testing import Result
from huggingface_hub import constants
from typer.testing import CliRunner

from gpu_agent import catalogue, shelf
from gpu_agent.cli.fetch import fetch
from gpu_agent.hub import download
from tests.agent.hub_standin import COMMIT, TOKEN, Hub, Repo, hub
from tests.agent.tiny_models import DEMO, models_file

WEIGHTS = "unet/diffusion_pytorch_model.safetensors"
FILES = {file.relative_to(DEMO).as_posix(): file.read_bytes() for file in DEMO.rglob("*") if file.is_file()}
SIZE = len(FILES[WEIGHTS])
CUT, CHUNK = 3 << 20, 1 << 20


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with one model, and a client that knows no other hub and has an empty cache."""
    with hub() as standing:
        standing.repos["someone/model"] = Repo(dict(FILES))
        monkeypatch.setattr(constants, "ENDPOINT", standing.url)
        template = standing.url + "/{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", CHUNK)  # the file is smaller than one of its own
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "nobody"))
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield standing


def run(place: Path, *arguments: str, **entry: Any) -> Result:
    """The command for the model "tiny" of someone/model, whose entry may differ."""
    app = typer.Typer()
    app.command()(fetch)
    own = models_file(place, {"repo": "someone/model", **entry})
    return CliRunner().invoke(app, ["tiny", "--models", str(own), *arguments])


def present(place: Path) -> bool:
    return shelf.present(catalogue.load(models_file(place, {"repo": "someone/model"}))["tiny"])


def storage(place: Path) -> Path:
    return place / "hub/models--someone--model"


def test_a_whole_model_arrives_and_can_be_drawn_with(served: Hub, tmp_path: Path) -> None:
    """Every file, byte for byte, in the hub's own cache, where the shelf finds it; a second time nothing is fetched."""
    assert not present(tmp_path)
    first = run(tmp_path)
    assert (first.exit_code, first.stderr) == (0, "")
    assert f"Tiny, from someone/model: {len(FILES)} files" in first.stdout
    assert "Tiny is here (Apache-2.0)." in first.stdout
    assert present(tmp_path)
    snapshot = storage(tmp_path) / "snapshots" / COMMIT
    assert {name: (snapshot / name).read_bytes() for name in FILES} == FILES
    assert not list(tmp_path.rglob("*.incomplete"))
    asked = len(served.asked)
    assert run(tmp_path).exit_code == 0
    assert [(each.method, each.path) for each in served.asked[asked:]] == [
        ("GET", "/api/models/someone/model/revision/main")
    ]


def test_a_line_that_is_cut_goes_on_where_it_was(served: Hub, tmp_path: Path) -> None:
    """The client asks for the rest, by offset."""
    served.cuts = [CUT]
    assert run(tmp_path).exit_code == 0
    first, second = served.fetched(WEIGHTS)
    assert first == ""
    assert second == f"bytes={CUT}-"
    assert present(tmp_path)


def test_a_killed_fetch_is_gone_on_with_by_the_next(served: Hub, tmp_path: Path) -> None:
    """Nothing that had reached the disk is asked for again, though the process had no time for a word."""
    served.cuts, served.stalls = [CUT], True
    begun = storage(tmp_path) / "blobs" / f"{hashlib.sha256(FILES[WEIGHTS]).hexdigest()}.incomplete"
    process = started(served, tmp_path)
    try:
        until(lambda: begun.is_file() and begun.stat().st_size > 0, process)
    finally:
        process.kill()
        process.communicate()
    kept, served.stalls = begun.stat().st_size, False
    again = run(tmp_path)
    assert again.exit_code == 0
    assert "of them are here" in again.stdout
    assert served.fetched(WEIGHTS) == ["", f"bytes={kept}-"]
    assert present(tmp_path)


def test_ctrl_c_is_a_sentence(served: Hub, tmp_path: Path) -> None:
    """And says that the same command goes on."""
    served.cuts, served.stalls = [CUT], True
    process = started(served, tmp_path)
    until(lambda: bool(served.fetched(WEIGHTS)), process)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.strip().endswith("Stopped. What has arrived is kept: the same command goes on from there.")


def started(served: Hub, place: Path) -> subprocess.Popen[str]:
    """The command in a process of its own, with this hub and this cache."""
    own = models_file(place, {"repo": "someone/model"})
    code = f"import typer; from huggingface_hub import constants; constants.DOWNLOAD_CHUNK_SIZE = {CHUNK}; "
    code += "from gpu_agent.cli.fetch import fetch; typer.run(fetch)"
    env = {**os.environ, "HF_ENDPOINT": served.url, "HF_HUB_CACHE": str(place / "hub"), "HF_HOME": str(place)}
    return subprocess.Popen([sys.executable, "-c", code, "tiny", "--models", str(own)], env=env, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def until(reached: Any, process: subprocess.Popen[str]) -> None:
    """Wait for a condition while the process lives."""
    for _ in range(6000):
        if reached():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    raise AssertionError("never came to it")


def test_a_beginning_that_is_not_of_this_file_is_thrown_away(served: Hub, tmp_path: Path) -> None:
    """The digest that the hub tells decides; the next attempt starts afresh and comes right."""
    begun = storage(tmp_path) / "blobs" / f"{hashlib.sha256(FILES[WEIGHTS]).hexdigest()}.incomplete"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(bytes(CUT))
    first = run(tmp_path)
    assert (first.exit_code, first.stderr) == (1, f"{WEIGHTS} arrived damaged and was thrown away. "
                                                  "Run the same command again.\n")  # fmt: skip
    assert not begun.exists()
    assert not present(tmp_path)
    begun.write_bytes(bytes(SIZE + 1))  # longer than the file itself: of no use
    assert run(tmp_path).exit_code == 0
    assert served.fetched(WEIGHTS) == [f"bytes={CUT}-", ""]
    assert present(tmp_path)


def test_what_was_here_stays_usable_until_the_new_one_is_whole(served: Hub, tmp_path: Path) -> None:
    """A newer commit that cannot be fetched whole leaves the older model where it is."""
    assert run(tmp_path).exit_code == 0
    changed = bytes(reversed(FILES["vae/diffusion_pytorch_model.safetensors"]))
    files = {**FILES, "vae/diffusion_pytorch_model.safetensors": changed}
    served.repos["someone/model"] = Repo(files, commit="d" * 40)
    served.damaged = True
    assert run(tmp_path).exit_code == 1
    assert present(tmp_path)
    served.damaged = False
    again = run(tmp_path)
    assert again.exit_code == 0
    assert (storage(tmp_path) / "refs/main").read_text() == "d" * 40
    assert len(served.fetched(WEIGHTS)) == 1  # the same file of another commit


def test_a_gated_repository_names_its_page_and_takes_a_token(served: Hub, tmp_path: Path) -> None:
    """Before anything is fetched; with the token of the settings' file it works, and no other host sees that."""
    served.repos["someone/model"].gated = True
    refused = run(tmp_path)
    assert refused.exit_code == 1
    assert f"Accept them at {served.url}/someone/model, then log in with: hf auth login" in refused.stderr
    assert not list(tmp_path.rglob("*.incomplete"))
    token = tmp_path / "hub-token"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    settings = tmp_path / "gpu-agent.toml"
    settings.write_text('[models]\ntoken_file = "hub-token"\n')
    served.asked.clear()
    allowed = run(tmp_path, "--config", str(settings))
    assert (allowed.exit_code, present(tmp_path)) == (0, True)
    own = {each.authorization for each in served.asked if not each.path.startswith("/cdn/")}
    assert own == {f"Bearer {TOKEN}"}
    assert {each.authorization for each in served.asked if each.path.startswith("/cdn/")} == {""}
    assert TOKEN not in allowed.output


def test_the_hubs_own_login_is_used(served: Hub, tmp_path: Path) -> None:
    """Whoever said `hf auth login` need not write the token down again."""
    served.repos["someone/model"].gated = True
    (tmp_path / "nobody").write_text(TOKEN)
    assert run(tmp_path).exit_code == 0


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"repo": "someone/else"}, "There is no repository someone/else, or not for you."),
        ({"revision": "v9"}, "someone/model has no such revision."),
        ({"files": ["transformer/*"]}, "someone/model does not hold the files of Tiny."),
        ({"repo": None, "folder": "here"}, "come from"),
        ({"repo": None, "package": "engine/tiny/weights"}, "there is nothing to fetch."),
    ],
)
def test_what_cannot_be_fetched_is_said(served: Hub, tmp_path: Path, entry: dict[str, Any], words: str) -> None:
    """One sentence each, and nothing on the disk."""
    told = run(tmp_path, **entry)
    assert told.exit_code == 1
    assert words in told.stderr
    assert told.stderr.count("\n") == 1
    assert not list((tmp_path / "hub").rglob("*.safetensors"))


def test_mishaps_of_the_hub_are_said(served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token it does not know, an answer of its own trouble, no answer at all, and a user who stays offline."""
    (tmp_path / "nobody").write_text("hf_wrong")
    assert "does not accept your token" in run(tmp_path).stderr
    (tmp_path / "nobody").unlink()
    served.down = 418
    assert "(it says 418)" in run(tmp_path).stderr
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    assert "The hub cannot be reached at http://127.0.0.1:9" in run(tmp_path).stderr
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert "cannot be reached" in run(tmp_path).stderr


def test_a_part_that_is_only_there_as_a_pickle_is_refused_by_name(served: Hub, tmp_path: Path) -> None:
    """Before a byte of it is fetched."""
    files = served.repos["someone/model"].files
    files["vae/diffusion_pytorch_model.bin"] = files.pop("vae/diffusion_pytorch_model.safetensors")
    told = run(tmp_path)
    assert told.exit_code == 1
    assert "keeps weights as a pickle (vae/diffusion_pytorch_model.bin)" in told.stderr
    assert not [each for each in served.asked if "/resolve/" in each.path]


def test_a_disk_without_room_is_told_before_anything_is_fetched(
    served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what is missing, by the hub's own listing: what is here already needs no room."""
    total = sum(len(data) for data in FILES.values())
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: SimpleNamespace(free=total - 1))
    told = run(tmp_path)
    assert told.exit_code == 1
    assert told.stderr.startswith("7.3 MB are still to be fetched, and the disk of")
    assert not served.fetched(WEIGHTS)
    begun = storage(tmp_path) / "blobs" / f"{hashlib.sha256(FILES[WEIGHTS]).hexdigest()}.incomplete"
    begun.parent.mkdir(parents=True)
    begun.write_bytes(FILES[WEIGHTS][:CUT])
    assert run(tmp_path).exit_code == 0


def test_a_disk_that_fills_up_is_a_sentence(served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program may have taken the room meanwhile; what was fetched stays."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(download, "_append", full)
    told = run(tmp_path)
    assert (told.exit_code, told.stderr.split(".")[0]) == (
        1,
        "The files of someone/model cannot be written (No space left on device)",
    )


def test_systems_without_links_keep_one_copy(served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows the hub's client would copy a blob into place: twice the room."""
    from huggingface_hub import file_download

    monkeypatch.setattr(file_download, "are_symlinks_supported", lambda *_: False)
    monkeypatch.setattr(download, "are_symlinks_supported", lambda *_: False)
    assert run(tmp_path).exit_code == 0
    assert present(tmp_path)
    assert sum(file.stat().st_size for file in storage(tmp_path).rglob("*.safetensors")) == sum(
        len(data) for name, data in FILES.items() if name.endswith(".safetensors")
    )
    assert not [file for file in (storage(tmp_path) / "blobs").iterdir() if file.stat().st_size > 500_000]


def test_extras_come_along(served: Hub, tmp_path: Path) -> None:
    """A ControlNet of its own repository, and nothing else of that."""
    served.repos["nets/canny"] = Repo({"config.json": b"{}", "diffusion_pytorch_model.safetensors": b"12345678",
                                       "other.safetensors": b"0"})  # fmt: skip
    own = models_file(tmp_path, {"repo": "someone/model"})
    own.write_text(
        own.read_text()
        + """
[model.pipelines]
control = "StableDiffusionControlNetPipeline"
[model.controlnets.canny]
repo = "nets/canny"
pipeline = "StableDiffusionControlNetPipeline"
net = "ControlNetModel"
"""
    )
    app = typer.Typer()
    app.command()(fetch)
    told = CliRunner().invoke(app, ["tiny", "--models", str(own), "--with", "canny"])
    assert (told.exit_code, told.stderr) == (0, "")
    found = [file.name for file in (tmp_path / "hub/models--nets--canny/snapshots").rglob("*.*")]
    assert sorted(found) == ["config.json", "diffusion_pytorch_model.safetensors"]
    refused = CliRunner().invoke(app, ["tiny", "--models", str(own), "--with", "canny,pose"])
    assert "tiny has no pose. It has: canny." in refused.stderr


def test_the_weights_drive_has_to_be_mounted(served: Hub, tmp_path: Path) -> None:
    """Else the weights would fill the folder that the drive is mounted over."""
    settings = tmp_path / "gpu-agent.toml"
    settings.write_text('[models]\nguard_path = "drive/.mounted"\n')
    assert "The weights drive is not mounted" in run(tmp_path, "--config", str(settings)).stderr
    assert not served.asked


def test_an_unknown_model_is_told_with_those_there_are(tmp_path: Path) -> None:
    """Without asking the hub."""
    app = typer.Typer()
    app.command()(fetch)
    told = CliRunner().invoke(app, ["flux"])
    assert told.exit_code == 1
    assert json.dumps("flux") in told.stderr
    assert "flux-schnell, flux-dev" in told.stderr
