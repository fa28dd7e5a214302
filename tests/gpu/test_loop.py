"""A card is never waited for between two steps, and neighbours beside a render change no bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gpu_agent.catalogue import Catalogue
from gpu_agent.config import Config, Speed
from gpu_agent.engine.engine import Engine
from gpu_agent.engine.render import Drawing
from gpu_agent.order import Order
from gpu_agent.shelf import Stock
from gpu_agent.wire import Progress
from tests.agent.engine.conftest import into, silent
from tests.engine.orders import Orders
from tests.engine.twins.house import Twins

MODELS = ("sdxl", "flux-schnell", "z-image-turbo", "qwen-image")


def room(twins: Twins, model_id: str, root: Path) -> tuple[Engine, Any]:
    """An engine that has drawn a picture, and orders by their prompt."""
    model = twins.model(model_id)
    engine = Engine(Stock(Catalogue({model_id: model})), Config(speed=Speed(compile="off")), root)
    orders = Orders(root / "inputs")

    def order(prompt: str) -> Order:
        return orders.order(model, "text", prompt.replace(" ", "-"), prompt=prompt, steps=6)

    engine.render(order("warm"), silent)
    return engine, order


@pytest.mark.parametrize("model_id", MODELS)
def test_nothing_of_ours_waits_for_the_card_between_steps(
    twins: Twins, tmp_path: Path, model_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """torch raises at every operation after a step that would; all words come, in their order."""
    engine, order = room(twins, model_id, tmp_path)
    ended = Drawing._step_ended

    def watched(drawing: Drawing, *given: Any) -> Any:
        torch.cuda.set_sync_debug_mode("error")
        try:
            return ended(drawing, *given)
        finally:
            torch.cuda.set_sync_debug_mode("default")

    monkeypatch.setattr(Drawing, "_step_ended", watched)
    told: list[Progress] = []
    engine.render(order("a"), into(told))
    assert [each.step for each in told if each.phase == "rendering"] == [1, 2, 3, 4, 5, 6]
    assert [each.phase for each in told][-2:] == ["decoding", "saving"]


@pytest.mark.parametrize("model_id", MODELS)
def test_neighbours_beside_a_render_change_no_bit(twins: Twins, tmp_path: Path, model_id: str) -> None:
    """Ten orders, each told of while the one before is drawn and each left to the decoder, against ten waited for."""
    engine, order = room(twins, model_id, tmp_path)
    names = [f"picture {number}" for number in range(10)]
    left = []
    for name, following in zip(names, [*names[1:], "none"], strict=True):
        engine.expect(order(following))
        left.append(engine.render(order(name), silent, leaving=True))
    beside = [engine.finish(each).content for each in left]
    engine.release()
    engine.render(order("warm"), silent)
    assert [engine.draw(order(name), silent).content for name in names] == beside
    assert np.all([each.coming is not None for each in left])
