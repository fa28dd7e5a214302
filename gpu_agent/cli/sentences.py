"""A refusal or a fault as the sentence that a person at the tower's own keyboard reads: what happened, what to do."""

from gpu_agent.value import Facts

_SENTENCES = {
    "unknown-model": 'There is no model "{model}". Choose one of: {known}.',
    "size-range": "{model} draws sides from {smallest} to {largest} pixels, not {width}x{height}. "
    "Ask for {nearest}, for example.",
    "size-multiple": "{model} draws sides that are multiples of {multiple}, not {width}x{height}. "
    "Ask for {nearest}, for example.",
    "prompt-empty": "The prompt is empty. Say what the picture shall show.",
    "prompt-length": "The prompt has {length} characters and {model} reads {limit}. Shorten it.",
    "engine-missing": "The engine cannot start ({fault}). In Darkroom's folder, run: "
    "pip install -c constraints.txt '.[agent]'",
    "no-folder": "There is no folder {folder} to write into. Make it, or name another file with -o.",
    "weights-missing": "The weights of {name} are not complete in the {source} {where}. Put them there.",
    "weights-missing-repo": "The weights of {name} are not on this machine. Fetch them with: hf download {where}",
    "weights-damaged": "A file of {name} is not the one it should be ({file}). Fetch the weights again.",
    "pipeline-unfit": "{pipeline} of {model} cannot be used: it lacks {lacks}. "
    "Name another pipeline in the models file.",
    "picture-black": "{model} made an empty picture ({cause}). Try another prompt, seed or guidance.",
    "picture-size": "{model} made {got} where {asked} was asked for. Ask for another size.",
    "out-of-memory": "The memory is full ({fault}). Close what else uses it, or ask for a smaller picture.",
    "render-failed": "{model} failed while rendering ({fault}). Try again; report it if it stays.",
}


def sentence(kind: str, facts: Facts) -> str:
    """The words for this kind; a kind of a later version is told with its bare facts."""
    words = _SENTENCES.get(f"{kind}-{facts.get('source')}") or _SENTENCES.get(kind)
    if words is None:
        return f"The engine says {kind}: {facts}. Upgrade this program to read more."
    return words.format(**facts)
