"""A reference picture whose look is taken over: IP-Adapters are put on a loaded model and taken off again."""

import inspect
from pathlib import Path
from typing import Any

from torch import nn

from gpu_agent.catalogue import Encoder, Model
from gpu_agent.engine import extras, rungs
from gpu_agent.engine.fault import Fault, out_of_memory
from gpu_agent.engine.fitting import denoiser

_PROJECTIONS = ("encoder_hid_proj", "image_proj")


class Referral:
    """What one loaded pipeline has to do with reference pictures. The adapter stays on from one such picture to the
    next, and goes with the first without: it would slow down those that have none."""

    def __init__(self) -> None:
        self._before: dict[str, Any] | None = None

    @property
    def on(self) -> bool:
        return self._before is not None

    def refer(self, pipeline: Any, model: Model, strength: float | None) -> None:
        """Put the model's adapter on at this strength, or take it off for None. `pipeline` is the one that was
        loaded: those built over its parts afterwards take the image encoder from it.

        Raises Fault extra-missing or extra-unfit; the pipeline is then as it was before any adapter.
        """
        if strength is None or model.adapter is None:
            self._take_off(pipeline)
            return
        if not self.on:
            self._put_on(pipeline, model, model.adapter)
        pipeline.set_ip_adapter_scale(strength)

    def _put_on(self, pipeline: Any, model: Model, adapter: Encoder) -> None:
        if not hasattr(pipeline, "load_ip_adapter") or Path(adapter.file).suffix != ".safetensors":
            raise extras.fault(model, extras.REFERENCE, ValueError(f"{type(pipeline).__name__}, {adapter.file}"))
        part = getattr(pipeline, denoiser(pipeline))
        self._before = dict(part.attn_processors)
        try:
            _see(pipeline, adapter)
            folder = str(extras.place(adapter))
            pipeline.load_ip_adapter(folder, weight_name=adapter.file, subfolder="", local_files_only=True)
        except extras.BROKEN as error:
            self._take_off(pipeline)
            if out_of_memory(error):
                raise
            raise extras.fault(model, extras.REFERENCE, error) from error
        added = [*part.attn_processors.values(), *(getattr(part, name, None) for name in _PROJECTIONS)]
        for module in added:
            if isinstance(module, nn.Module):  # the library leaves it where it was read to
                module.to(pipeline._execution_device, pipeline.dtype)
        rungs.changed(part)

    def _take_off(self, pipeline: Any) -> None:
        """With the very processors that were there before: they may have been chosen."""
        if self._before is not None:
            pipeline.unload_ip_adapter()
            getattr(pipeline, denoiser(pipeline)).set_attn_processor(dict(self._before))
            rungs.changed(getattr(pipeline, denoiser(pipeline)))
            self._before = None


def picture(pipeline: Any, model: Model, image: Any) -> dict[str, Any]:
    """The argument that hands the reference picture to a pipeline. Raises Fault extra-unfit for one that takes none."""
    if "ip_adapter_image" not in inspect.signature(type(pipeline).__call__).parameters:
        facts = {"model": model.id, "extra": extras.REFERENCE, "fault": f"{type(pipeline).__name__} takes none"}
        raise Fault("extra-unfit", dict(facts))
    return {"ip_adapter_image": image}


def _see(pipeline: Any, adapter: Encoder) -> None:
    """The image encoder, and what prepares images for it, of the classes that the pipeline itself names."""
    asks = inspect.signature(type(pipeline).__init__).parameters
    folder = extras.encoder_place(adapter)
    encoder = asks["image_encoder"].annotation.from_pretrained(
        folder, dtype=pipeline.dtype, use_safetensors=True, local_files_only=True
    )
    prepares = asks["feature_extractor"].annotation
    if (folder / "preprocessor_config.json").is_file():
        extractor = prepares.from_pretrained(folder, local_files_only=True)
    else:
        side = encoder.config.image_size
        extractor = prepares(size=side, crop_size=side)
    pipeline.register_modules(image_encoder=encoder.to(pipeline._execution_device), feature_extractor=extractor)
