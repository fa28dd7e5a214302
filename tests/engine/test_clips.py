"""An order for frames becomes a clip, all the way."""

from io import BytesIO
from pathlib import Path

import av
import numpy as np

from gpu_agent.catalogue import Catalogue
from gpu_agent.config import Config
from gpu_agent.engine import picture, video
from gpu_agent.engine.engine import Engine
from gpu_agent.order import Order
from gpu_agent.shelf import Stock
from gpu_agent.wire import Progress
from tests.agent.engine.conftest import into
from tests.engine.twins.house import Twins

MODEL = "wan22-ti2v-5b"


def test_a_clip_is_encoded_with_a_word_for_each_tenth(twins: Twins, tmp_path: Path) -> None:
    """After the pixels are there. The file holds each frame, the entry's rate and the receipt; so does the poster,
    which is the frame in the middle."""
    model = twins.model(MODEL)
    engine = Engine(Stock(Catalogue({MODEL: model})), Config(), tmp_path)
    size = {"width": model.width, "height": model.height, "steps": 2, "frames": 9}
    told: list[Progress] = []
    order = Order(job="j1", model=MODEL, prompt="a boat", seed=1, guidance=2.0, **size)
    rendered = engine.render(order, into(told))
    assert rendered.pixels.shape == (9, model.height, model.width, 3)
    before = len(told)
    drawn = engine.finish(rendered)
    assert [(word.phase, word.share) for word in told[before:]] == [
        ("saving", frame / 9) for frame in range(1, 10) if int(frame / 9 * 10)
    ]
    assert drawn.media == video.MEDIA
    assert video.read_receipt(drawn.content) == drawn.receipt
    assert drawn.poster is not None
    assert picture.read_receipt(drawn.poster) == drawn.receipt
    with av.open(BytesIO(drawn.content), "r") as file:
        assert file.streams.video[0].average_rate == model.fps
        assert len(list(file.decode(video=0))) == 9
    assert np.isfinite(rendered.pixels).all()
    assert engine.finish(rendered).content == drawn.content
