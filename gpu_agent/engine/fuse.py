"""LoRAs that are part of a catalogue entry: worked into the weights once, when these are loaded."""

from pathlib import Path
from typing import Any

from gpu_agent import shelf
from gpu_agent.catalogue import Model
from gpu_agent.engine.extras import first_line
from gpu_agent.engine.fault import Fault, out_of_memory
from gpu_agent.engine.fitting import fit, unfit
from gpu_agent.shelf import FoundLora
from gpu_agent.stock import ShelfLora


def fuse(pipeline: Any, model: Model) -> None:
    """Add the entry's LoRAs, each times its weight, and keep nothing of them but the sum.

    Raises Fault weights-missing, or lora-unfit for one that is not for this model.
    """
    for number, lora in enumerate(model.fused):
        file = place(model, number)
        named = FoundLora(ShelfLora(id=file.stem, family=model.family, bytes=file.stat().st_size), file)
        fit(pipeline, named, model.family)
        try:
            pipeline.load_lora_weights(str(file), adapter_name="fused", use_safetensors=True, local_files_only=True)
            pipeline.fuse_lora(lora_scale=lora.weight, adapter_names=["fused"])
            pipeline.unload_lora_weights()
        except Exception as error:  # the library's many
            if out_of_memory(error):
                raise
            raise unfit(named, first_line(error)) from error


def place(model: Model, number: int) -> Path:
    """The file of this LoRA of the entry. Raises Fault weights-missing."""
    file = shelf.beside(model.fused[number])
    if file is None:
        where = model.fused[number].file
        raise Fault("weights-missing", {"model": model.id, "name": model.name, "source": "file", "where": where})
    return file
