"""Five pictures to judge: one is a clip's, two bear one slug, and one was asked for by somebody hostile."""

from pathlib import Path

from PIL import Image

from bot.review.page import Shot

REASONS = ("too dark", "hands", "blurry")
HOSTILE = "</script><script>window.owned = 1</script><img src=x onerror='window.owned = 2'> {{ 7 * 7 }} \u202eevil"
JOBS = ("0199aaaa00011111", "0199aaaa00022222", "0199aaaa00033333", "0199aaaa00043333", "0199aaaa00055555")


def shots(home: Path) -> list[Shot]:
    """Their files lie in this folder, as they do in a set."""
    names = ("fox.png", "owl.png", "hare.png", "hare.1.png", "elk.png")
    for number, name in enumerate(names):
        Image.new("RGB", (320, 200), (40 * number, 90, 30)).save(home / name)
    return [
        Shot(
            JOBS[0], "fox", "a red fox", home / names[0], names[0], 320, 200, cues=("bright",), facts=(("Seed", "7"),)
        ),
        Shot(
            JOBS[1], "owl", HOSTILE, home / names[1], names[1], 320, 200, facts=(("Model", HOSTILE),), said=(HOSTILE,)
        ),
        Shot(JOBS[2], "hare", "a hare", home / names[2], names[2], 320, 200, verdict="keep"),
        Shot(JOBS[3], "hare", "a hare", home / names[3], names[3], 320, 200, cluster="meadow"),
        Shot(JOBS[4], "elk", "an elk", None, names[4], 320, 200),
    ]
