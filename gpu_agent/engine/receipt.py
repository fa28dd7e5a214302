"""What a picture says about how it was made."""

import platform
from importlib.metadata import version

from gpu_agent.catalogue import terms
from gpu_agent.engine import place
from gpu_agent.engine.load import Loaded
from gpu_agent.order import Order, Receipt

# Read once: what is loaded here stays as it is, even when somebody installs another version meanwhile.
_LIBRARIES = ("torch", "diffusers", "transformers", "numpy", "pillow")
_VERSIONS = {name: version(name) for name in _LIBRARIES} | {"python": platform.python_version()}


def receipt(loaded: Loaded, pipeline: object, order: Order, dropped: str) -> Receipt:
    """`dropped` is the end of the prompt that was not read."""
    licence, commercial = terms(loaded.model, order)
    return Receipt(
        order=order,
        model_name=loaded.model.name,
        weights_sha256=loaded.weights.whole,
        pipeline=type(pipeline).__name__,
        scheduler=type(loaded.pipeline.scheduler).__name__,
        dtype=loaded.plan.dtype,
        device=place.name(loaded.plan.device),
        threads=place.threads(),
        plan=loaded.plan.rung,
        compiled=False,
        prompt_truncated=bool(dropped),
        versions=_VERSIONS,
        licence=licence,
        commercial=commercial,
        revision=loaded.revision,
        files=loaded.weights.files,
        dropped=dropped,
    )
