"""One compiled block serves prompts and pictures of every length: sizes are unknowns in it, and two of them that happen
to be equal in the first picture are no less two.

The batch is not: with guidance many pipelines draw two at once, and what is compiled for one is compiled for two anew.
"""

_VARIANTS = 256  # forms of one class of block: by width, by what is left out, by LoRAs and by batch, of all warm models


def any_length() -> None:
    """For once before anything is compiled; of the whole process. Without it, a square picture would compile a block
    that is only for squares, and the ninth form of a block would never be compiled."""
    from torch._dynamo import config as dynamo  # what is not compiled has no need of it, and it takes seconds to read
    from torch.fx.experimental import _config as shapes

    shapes.use_duck_shape = False
    dynamo.cache_size_limit = max(dynamo.cache_size_limit, _VARIANTS)
    dynamo.accumulated_cache_size_limit = max(dynamo.accumulated_cache_size_limit, 4 * _VARIANTS)
