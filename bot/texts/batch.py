"""What `darkroom batch` says."""

from collections import Counter


def well(name: str, by_model: Counter[str], pictures: int) -> str:
    """`by_model` counts the items for each model's name; pictures are told where they are more than the items."""
    shares = ", ".join(f"{count} with {model}" for model, count in by_model.items())
    total = by_model.total()
    together = f", {pictures} pictures together" if pictures > total else ""
    return f"{name} can be sent: {total} item{'' if total == 1 else 's'}, {shares}{together}."
