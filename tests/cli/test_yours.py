"""What people bring along and take away, by the command line: each ends in a sentence and in what it says."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.ledger.database import Database
from bot.ledger.files import Files
from bot.nouns import Verdict
from tests.ledger.rows import ADA, GRACE
from tests.yours import elsewhere
from tests.yours.judged import posted, says, settings


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words)])


def said(told: Result) -> str:
    return " ".join(told.output.split())


@pytest.fixture
async def place(tmp_path: Path) -> Path:
    """Four pictures of two slugs: two that are kept, one that is open, one on which its asker is outvoted in vain."""
    settings(tmp_path)
    files = Files(tmp_path / "pictures")
    async with Database(tmp_path / "darkroom.db") as db:
        fox = await posted(db, 1, files=files, slug="fox", asked="a fox", prompt="a fox, bright", archetype="hero")
        boat = await posted(db, 2, files=files, slug="boat", model="sdxl")
        undecided = await posted(db, 3, files=files, slug="boat")
        refused = await posted(db, 4, files=files, slug="boat")
        await says(db, fox, Verdict.KEEP)
        await says(db, boat, Verdict.KEEP)
        await says(db, undecided, Verdict.KEEP, person=GRACE)
        await says(db, undecided, Verdict.REJECT, person=99)
        await says(db, refused, Verdict.REJECT)
        await says(db, refused, Verdict.KEEP, person=GRACE)
        await says(db, refused, Verdict.KEEP, person=99)
    return tmp_path


def test_reviews_make_a_new_ledger_or_go_into_one(tmp_path: Path) -> None:
    """Idempotent, and the ledger that comes of it teaches."""
    settings(tmp_path)
    kept = tmp_path / "fox.json"
    review = {"verdict": "reject", "reason": "too dark", "seed": 7, "date": "2026-11-01"}
    kept.write_text(json.dumps([review, {"status": "pending"}]), encoding="utf-8")
    ledger = tmp_path / "darkroom.db"
    told = run("ledger", "import", kept, "--ledger", ledger, "--person", ADA)
    assert (told.exit_code, "1 new picture" in told.output, "1 entry bears no verdict" in told.output) == (
        0,
        True,
        True,
    )
    told = run("ledger", "import", kept, "--into", ledger, "--person", ADA)
    assert (told.exit_code, "0 new pictures" in told.output, "1 was known already" in told.output) == (0, True, True)
    (cue,) = json.loads(run("cues", "fox", "--json", "--config", tmp_path / "darkroom.toml").output)["cues"]
    assert (cue["phrase"], cue["messages"], cue["imported"]) == ("bright", [], 1)


def test_what_cannot_be_taken_in_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    """Every fault has its line, and no ledger is made."""
    (tmp_path / "fox.json").write_text('[{"verdict": "hm"}, {"keep": true, "date": "soon"}]', encoding="utf-8")
    ledger = tmp_path / "new.db"
    told = run("ledger", "import", tmp_path / "fox.json", "--ledger", ledger, "--person", ADA)
    assert told.exit_code == 1
    assert "fox.json, 1, verdict: “hm” is no verdict" in said(told)
    assert "fox.json, 2, date: “soon” is no date" in said(told)
    assert "Nothing was taken in" in said(told)
    cases = {
        ("--ledger", ledger): "name nobody",
        ("--into", tmp_path / "none.db", "--person", ADA): "is no verdict",
        ("--ledger", ledger, "--person", ADA, "--into", ledger): "is no verdict",
    }
    for words, sentence in cases.items():
        assert sentence in said(run("ledger", "import", tmp_path / "fox.json", *words))
    assert [file.name for file in tmp_path.iterdir()] == ["fox.json"]
    (tmp_path / "fox.json").write_text('[{"keep": true}]', encoding="utf-8")
    told = run("ledger", "import", tmp_path / "fox.json", "--into", tmp_path / "none.db", "--person", ADA)
    assert "there is no such file" in said(told)
    ledger.write_text("")
    assert "is there already" in said(run("ledger", "import", tmp_path / "fox.json", "--ledger", ledger, "--person", 1))


def test_of_many_faults_the_first_are_told(tmp_path: Path) -> None:
    """And how many more there are."""
    (tmp_path / "fox.json").write_text(json.dumps([{"verdict": "hm"}] * 25), encoding="utf-8")
    told = run("ledger", "import", tmp_path / "fox.json", "--ledger", tmp_path / "new.db", "--person", ADA)
    assert (told.output.count("is no verdict"), "… and 5 more." in told.output) == (20, True)


def test_a_whole_ledger_does_not_go_into_another(place: Path) -> None:
    """Two ledgers cannot be one."""
    run("ledger", "export", place / "out.jsonl", "--ledger", place / "darkroom.db")
    told = run("ledger", "import", place / "out.jsonl", "--into", place / "darkroom.db")
    assert (told.exit_code, "becomes a new one" in said(told)) == (1, True)


def test_pictures_are_brought_once(tmp_path: Path) -> None:
    """What is no picture is named; a folder without any is refused."""
    config = settings(tmp_path)
    folder = tmp_path / "renders"
    folder.mkdir()
    words = ("pictures", "import", folder, "--channel", 5, "--person", ADA, "--config", config)
    assert "There are no pictures" in said(run(*words))
    (folder / "fox.png").write_bytes(elsewhere.a1111())
    (folder / "bad.png").write_bytes(b"no picture")
    told = run(*words)
    assert (told.exit_code, "1 picture was taken in" in said(told)) == (0, True)
    assert "bad.png cannot be read as a picture" in said(told)
    assert "1 was known already" in said(run(*words))
    assert "cannot be a slug" in said(run(*words, "--slug", "No!"))


async def test_stats_beside_a_running_bot(place: Path) -> None:
    """The asker decides, else the majority; what is open is in no share."""
    async with Database(place / "darkroom.db"):
        told = await in_thread("ledger", "stats", "--json", "--ledger", place / "darkroom.db")
    found = json.loads(told.output)
    assert (found["pictures"], found["decided"], found["kept"], found["verdicts"]) == (4, 3, 2, 7)
    assert {name: (one["pictures"], one["keep_rate"]) for name, one in found["by"]["slug"].items()} == {
        "boat": (3, 0.5),
        "fox": (1, 1.0),
    }
    assert list(found["by"]["archetype"]) == ["hero"]
    assert found["by"]["week"] == {"2027-W02": {"pictures": 4, "decided": 3, "kept": 2, "keep_rate": 0.6667}}
    assert found["bytes"]["pictures"] == 400
    table = (await in_thread("ledger", "stats", "--ledger", place / "darkroom.db")).output
    assert [line.split() for line in table.splitlines() if line.startswith(("boat", "sdxl"))] == [
        ["boat", "3", "2", "50%"],
        ["sdxl", "1", "1", "100%"],
    ]


async def in_thread(*words: object) -> Result:
    return await asyncio.to_thread(run, *words)


def test_an_empty_ledger_has_figures_too(tmp_path: Path) -> None:
    """And no share of nothing."""
    (tmp_path / "fox.json").write_text('[{"status": "pending"}]', encoding="utf-8")
    run("ledger", "import", tmp_path / "fox.json", "--ledger", tmp_path / "new.db", "--person", ADA)
    assert "0 of 0 kept (–)" in run("ledger", "stats", "--ledger", tmp_path / "new.db").output


def test_kept_pictures_become_a_folder_to_train_on(place: Path) -> None:
    """In kohya's layout and in that of imagefolder; the captions as they were asked or composed."""
    ledger = ("--ledger", place / "darkroom.db")
    told = run("ledger", "dataset", place / "a", *ledger)
    assert (told.exit_code, "2 kept pictures of 2 slugs" in told.output) == (0, True)
    assert sorted(str(file.relative_to(place / "a")) for file in (place / "a").rglob("*.*")) == [
        f"10_boat/boat-2-{2:016}.png",
        f"10_boat/boat-2-{2:016}.txt",
        f"10_fox/fox-1-{1:016}.png",
        f"10_fox/fox-1-{1:016}.txt",
    ]
    assert (place / "a" / "10_fox" / f"fox-1-{1:016}.txt").read_text() == "a fox\n"
    form = ("--form", "imagefolder", "--caption", "composed", "--link", "--archetype", "hero")
    assert run("ledger", "dataset", place / "b", *ledger, *form).exit_code == 0
    name = f"fox-1-{1:016}.png"
    assert json.loads((place / "b" / "metadata.jsonl").read_text()) == {"file_name": name, "text": "a fox, bright"}
    assert (place / "b" / name).stat().st_nlink == 2


def test_a_data_set_is_whole_or_not_there(place: Path) -> None:
    """What fits nothing, and a folder that is in use, are refused; a lost file is told."""
    ledger = ("--ledger", place / "darkroom.db")
    assert "No kept picture fits that" in said(run("ledger", "dataset", place / "a", *ledger, "--slug", "none"))
    assert "No kept picture fits that" in said(run("ledger", "dataset", place / "a", *ledger, "--least", 2))
    (place / "full").mkdir()
    (place / "full" / "x").write_text("")
    assert "is not empty" in said(run("ledger", "dataset", place / "full", *ledger))
    files = Files(place / "pictures")
    files.remove(files.store(elsewhere.png(size=(64, 41))))
    told = run("ledger", "dataset", place / "c", *ledger)
    assert "1 kept picture of 1 slug. 1 has lost its file." in said(told)
    assert not list(place.glob("*.unfinished"))
    assert not (place / "a").exists()


def test_the_export_by_hand_and_how_it_went(place: Path) -> None:
    """Beside a bot; without a folder in the settings it is said how to have one."""
    config = place / "darkroom.toml"
    assert "No folder is named" in said(run("export", "now", "--config", config))
    settings(place, f'[export]\nfolder = "{place / "out"}"\n')
    assert "Nothing was exported yet" in said(run("export", "status", "--config", config))
    assert said(run("export", "now", "--config", config)) == "2 files changed; 7 reviews of 2 slugs in all."
    assert sorted(file.name for file in (place / "out").iterdir()) == ["boat.json", "fox.json"]
