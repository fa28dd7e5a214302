"""`gpu-agent fetch` with the hub's real client against a hub on loopback: what arrives, is asked for, is told."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from huggingface_hub import file_download, snapshot_download
from typer.testing import CliRunner

from gpu_agent.cli.fetch import fetch
from gpu_agent.hub import download
from tests.agent.hub.fetching import CHUNK, CUT, FILES, SIZE, WEIGHTS, begun, present, run, storage
from tests.agent.hub.standin import COMMIT, Hub, Repo
from tests.agent.tiny_models import models_file
from tests.agent.until import until


def test_a_whole_model_arrives_and_can_be_drawn_with(served: Hub, tmp_path: Path) -> None:
    """Every file, byte for byte, in the hub's own cache, where the shelf finds it; a second time nothing is fetched."""
    assert not present(tmp_path)
    first = run(tmp_path)
    assert (first.exit_code, first.stderr) == (0, "")
    assert f"Tiny (Apache-2.0), from someone/model: {len(FILES)} files, 7.8 MB\n" in first.stdout
    assert "Tiny is here." in first.stdout
    assert present(tmp_path)
    snapshot = storage(tmp_path) / "snapshots" / COMMIT
    assert {name: (snapshot / name).read_bytes() for name in FILES} == FILES
    assert not list(tmp_path.rglob("*.incomplete"))
    asked = len(served.asked)
    assert run(tmp_path).exit_code == 0
    assert [(each.method, each.path) for each in served.asked[asked:]] == [
        ("GET", "/api/models/someone/model/revision/main")
    ]


def test_what_other_programs_fetched_of_it_counts(served: Hub, tmp_path: Path) -> None:
    """They leave out what a pipeline does not need, and the cache then calls that incomplete."""
    served.repos["someone/model"].files["README.md"] = b"Hello"
    snapshot_download("someone/model", ignore_patterns=["*.md", "unet/*.safetensors"])
    assert not present(tmp_path)
    snapshot_download("someone/model", ignore_patterns=["*.md"])
    assert present(tmp_path)


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
    partial = begun(tmp_path)
    process = started(served, tmp_path)
    try:
        until(lambda: partial.is_file() and partial.stat().st_size > 0)
    finally:
        process.kill()
        process.communicate()
    kept, served.stalls = partial.stat().st_size, False
    again = run(tmp_path)
    assert again.exit_code == 0
    assert "of them are here" in again.stdout
    assert served.fetched(WEIGHTS) == ["", f"bytes={kept}-"]
    assert present(tmp_path)


def test_ctrl_c_is_a_sentence(served: Hub, tmp_path: Path) -> None:
    """And says that the same command goes on."""
    served.cuts, served.stalls = [CUT], True
    process = started(served, tmp_path)
    until(lambda: bool(served.fetched(WEIGHTS)))
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert told.strip().endswith("Stopped. What has arrived is kept: the same command goes on from there.")


def started(served: Hub, place: Path) -> subprocess.Popen[str]:
    """The command in a process of its own, with this hub and this cache."""
    own = models_file(place, {"repo": "someone/model"})
    code = f"import typer; from huggingface_hub import constants; constants.DOWNLOAD_CHUNK_SIZE = {CHUNK}; "
    # Whoever runs the tests in the background has made them deaf to Ctrl-C.
    code += "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from gpu_agent.cli.fetch import fetch; typer.run(fetch)"
    env = {**os.environ, "HF_ENDPOINT": served.url, "HF_HUB_CACHE": str(place / "hub"), "HF_HOME": str(place)}
    return subprocess.Popen([sys.executable, "-c", code, "tiny", "--models", str(own)], env=env, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def test_a_beginning_that_is_not_of_this_file_is_thrown_away(served: Hub, tmp_path: Path) -> None:
    """The digest that the hub tells decides; the next attempt starts afresh and comes right."""
    partial = begun(tmp_path)
    partial.parent.mkdir(parents=True)
    partial.write_bytes(bytes(CUT))
    first = run(tmp_path)
    assert (first.exit_code, first.stderr) == (1, f"{WEIGHTS} arrived damaged and was thrown away. "
                                                  "Run the same command again.\n")  # fmt: skip
    assert not partial.exists()
    assert not present(tmp_path)
    partial.write_bytes(bytes(SIZE + 1))  # longer than the file itself: of no use
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


def test_systems_without_links_keep_one_copy(served: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows the hub's client would copy a blob into place: twice the room."""
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
