"""One loaded model, many pipelines: what an order asks for decides which class stands over the same parts."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import diffusers

from gpu_agent.catalogue import Model
from gpu_agent.engine.fault import Fault
from gpu_agent.order import Order

NEEDED = {"prompt", "num_inference_steps", "generator", "callback_on_step_end", "output_type"}


def named(model: Model, order: Order, usual: str) -> str:
    """The class that does what this order asks for; `usual` is the one the model was loaded as.

    Raises Fault mode-missing for something the model does not do.
    """
    if order.control is not None and order.mode == "control":
        net = model.controlnets.get(order.control.kind)
        if net is not None:
            return net.pipeline
    if order.mode in model.pipelines:
        return usual if model.pipelines[order.mode] == "auto" else model.pipelines[order.mode]
    if order.mode == "text" and not model.pipelines:
        return usual
    raise Fault("mode-missing", {"model": model.id, "mode": order.mode, "modes": ", ".join(model.modes)})


def pipeline_class(model: Model, name: str) -> Any:
    """The class of this name; one that can neither report steps nor be seeded raises Fault pipeline-unfit."""
    found = getattr(diffusers, name, None)
    if not (inspect.isclass(found) and issubclass(found, diffusers.DiffusionPipeline)):
        raise Fault("pipeline-unfit", {"model": model.id, "pipeline": name, "lacks": "everything"})
    lacks = NEEDED - set(parameters(found))
    if lacks:
        raise Fault("pipeline-unfit", {"model": model.id, "pipeline": name, "lacks": ", ".join(sorted(lacks))})
    return found


def over(loaded: Any, wanted: Any, **further: Any) -> Any:
    """A pipeline of the class `wanted` over the parts of the pipeline `loaded` (nothing is loaded or copied), with
    `further` parts beside them."""
    own = {**loaded.config, **loaded.components, **further}
    taken = inspect.signature(wanted.__init__).parameters
    pipeline = wanted(**{name: own[name] for name in taken if name in own})
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


@contextmanager
def masks_for_all(pipeline: Any) -> Iterator[None]:
    """StableDiffusionInpaintPipeline takes a denoiser of four channels for a plain one and of nine for one that learned
    masks, and refuses others. In here, one of as many channels as its latents have is a plain one, too."""
    refuses = isinstance(pipeline, diffusers.StableDiffusionInpaintPipeline)
    own = getattr(pipeline, "unet", None)
    if not refuses or own is None or own.config.in_channels != pipeline.vae.config.latent_channels:
        yield
        return
    channels = own.config.in_channels
    own.register_to_config(in_channels=4)
    try:
        yield
    finally:
        own.register_to_config(in_channels=channels)


def parameters(pipeline: Any) -> dict[str, inspect.Parameter]:
    """What a pipeline, or a class of them, can be told when it is called."""
    kind = pipeline if inspect.isclass(pipeline) else type(pipeline)
    return dict(inspect.signature(kind.__call__).parameters)
