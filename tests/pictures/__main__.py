"""`python -m tests.pictures [FOLDER]`: draws README's docs/pictures/*.png anew, and messages/ for docs/messages.md."""

import asyncio
import sys
from pathlib import Path

from tests.agent.sshd import ROOT
from tests.demo.page.world import CHROMIUM
from tests.pictures import readme, scenes
from tests.pictures.atelier import open_atelier
from tests.pictures.camera import open_camera


async def draw(folder: Path) -> list[Path]:
    """The files that were written."""
    if CHROMIUM is None:
        sys.exit("Chromium is not installed (Debian: apt install chromium).")
    async with open_atelier() as house:
        stage = house.stage
        async with open_camera(CHROMIUM, stage.standin.page_url, folder, stage.clock.now) as camera:
            await scenes.play(house, camera)
            return camera.kept


async def _everything(folder: Path) -> list[Path]:
    return [*await readme.draw(folder), *await draw(folder / "messages")]


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    for place in asyncio.run(_everything(folder)):
        print(f"{place}  {place.stat().st_size} bytes")


if __name__ == "__main__":
    main()
