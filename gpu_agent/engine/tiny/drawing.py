"""A scene as a picture."""

from random import Random

import numpy as np
import numpy.typing as npt

from gpu_agent.engine.tiny import grounds, things
from gpu_agent.engine.tiny.scene import Scene
from gpu_agent.engine.tiny.styles import HANDS


def draw(scene: Scene, lot: Random) -> npt.NDArray[np.uint8]:
    """Pixels (256, 256, 3); `lot` decides what the scene leaves open, such as clouds and stars."""
    ground = grounds.draw(scene, lot)
    drawn = tuple(part for item in scene.items for part in things.draw(item, lot))
    pixels = HANDS[scene.style](ground, drawn, lot)
    return np.clip(pixels + 0.5, 0, 255).astype(np.uint8)
