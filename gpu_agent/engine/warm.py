"""A model that is loaded: the pipeline that stands over its parts now, and what those wear."""

from typing import Any

from gpu_agent.engine import modes
from gpu_agent.engine.encode import Embeddings
from gpu_agent.engine.families.known import family
from gpu_agent.engine.load import Loaded
from gpu_agent.order import Order


class Warm:
    """One order at a time; parts, embeddings and nets stay from one to the next."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.family = family(loaded.model.family)
        self._embeddings = Embeddings()
        self._scheduler = loaded.pipeline.scheduler.config
        loaded.pipeline.to(loaded.plan.device)

    def pipeline(self, order: Order) -> Any:
        """What this order is called on. Its scheduler is new: what one picture leaves there shapes no other."""
        loaded = self.loaded
        usual = type(loaded.pipeline).__name__
        wanted = modes.pipeline_class(loaded.model, modes.named(loaded.model, order, usual))
        pipeline = loaded.pipeline if wanted is type(loaded.pipeline) else modes.over(loaded.pipeline, wanted)
        pipeline.scheduler = type(loaded.pipeline.scheduler).from_config(self._scheduler)
        self._embeddings.attach(pipeline, (), lambda: None)
        return pipeline
