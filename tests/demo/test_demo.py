"""`darkroom demo`: one command, the whole program, a report that is true, and refusals before anything starts."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from gpu_agent import config
from gpu_agent.engine.picture import read_receipt
from tests.agent.sshd import ROOT

ITEMS = [
    {"slug": "first", "prompt": "a house on hills", "seed": 1},
    {"slug": "second", "text": "a red circle", "seed": 2, "width": 112, "height": 144},
]

FOLDER = "somebody's demo"  # folders have spaces and quotes in them


def demo(tmp_path: Path, items: Any, *more: str) -> subprocess.CompletedProcess[str]:
    batch = tmp_path / "prompts-batch-1.json"
    batch.write_text(json.dumps(items))
    command = [sys.executable, "-m", "bot", "demo", "--batch", str(batch), "--folder", str(tmp_path / FOLDER), *more]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)


def test_everything_at_work_and_told_in_a_report(tmp_path: Path) -> None:
    """Every item is posted, judged, and asked again with its cue; the report's figures are those of the files."""
    ran = demo(tmp_path, ITEMS, "--headless", "--report", str(tmp_path / "report.json"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stderr == ""
    report = json.loads((tmp_path / "report.json").read_text())
    counts = {key: report[key] for key in ("jobs", "posted", "failed", "cancelled", "verdicts", "cues", "wakes")}
    assert counts == {"jobs": 3, "posted": 3, "failed": 0, "cancelled": 0, "verdicts": 3, "cues": 1, "wakes": 1}
    assert 0 < report["seconds_engine"] < report["seconds_total"]
    assert [one["slug"] for one in report["pictures"]] == ["first", "second", "first"]
    assert report["pictures"][2]["prompt"] == "a house on hills, at night"
    assert len({one["message_id"] for one in report["pictures"]}) == 3
    (settings,) = (tmp_path / FOLDER).rglob("gpu-agent.toml")  # its own: this machine may be somebody's tower
    assert not config.load(settings).card.share
    for one in report["pictures"]:
        png = Path(one["file"]).read_bytes()
        assert hashlib.sha256(png).hexdigest() == one["sha256"]
        assert read_receipt(png).order.prompt == one["prompt"]


def test_a_file_the_bot_would_refuse_is_refused_before_anything_starts(tmp_path: Path) -> None:
    """The sentence names the item and the field, and nothing was made."""
    ran = demo(tmp_path, [{"slug": "../x", "prompt": "a red circle"}], "--headless")
    assert ran.returncode == 1
    assert "slug" in ran.stderr
    assert not (tmp_path / FOLDER).exists()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    """Only an earlier demo is replaced."""
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "thesis.txt").write_text("mine")
    ran = demo(tmp_path, ITEMS, "--headless")
    assert ran.returncode == 1
    assert "--folder" in ran.stderr
    assert (tmp_path / FOLDER / "thesis.txt").read_text() == "mine"
