"""What a picture says about how it was made."""

import platform
from importlib.metadata import version
from typing import Any

from gpu_agent.catalogue import terms
from gpu_agent.engine import extras, place
from gpu_agent.engine.load import Loaded
from gpu_agent.engine.speed import lossy
from gpu_agent.engine.speed.fidelity import Fidelity
from gpu_agent.engine.speed.pulled import COMPILED, Pulled
from gpu_agent.engine.warm import Dressed
from gpu_agent.order import Order, Receipt

# Read once: what is loaded here stays as it is, even when somebody installs another version meanwhile.
_LIBRARIES = ("torch", "diffusers", "transformers", "numpy", "pillow")
_VERSIONS = {name: version(name) for name in _LIBRARIES} | {"python": platform.python_version()}


def setting(loaded: Loaded) -> tuple[str, ...]:
    """What changes no step but its roundings, in words."""
    plan = loaded.plan
    versions = (f"{name} {version}" for name, version in sorted(_VERSIONS.items()))
    return (place.name(plan.device), plan.dtype, plan.format, f"{place.threads()} threads", *versions)


def receipt(loaded: Loaded, pulled: Pulled, fidelity: Fidelity, dressed: Dressed, order: Order, **made: Any) -> Receipt:
    """`made` is what only the render itself knows: dropped, fell, resumed_at, repaired, tiled."""
    licence, commercial = terms(loaded.model, order)
    return Receipt(
        order=order,
        model_name=loaded.model.name,
        weights_sha256=loaded.digests.whole,
        pipeline=type(dressed.pipeline).__name__,
        scheduler=type(loaded.pipeline.scheduler).__name__,
        dtype=loaded.plan.dtype,
        device=place.name(loaded.plan.device),
        threads=place.threads(),
        plan=loaded.plan.rung,
        compiled=COMPILED in pulled.levers,
        prompt_truncated=bool(made["dropped"]),
        versions=_VERSIONS,
        licence=licence,
        commercial=commercial,
        revision=loaded.revision,
        files=loaded.digests.files | extras.digests(loaded.model, order),
        loras=dressed.worn,
        lossy=lossy.told(loaded.plan, pulled.lossy, made.pop("tiled"), loaded.digests.whole, fidelity),
        levers=pulled.levers,
        **made,
    )
