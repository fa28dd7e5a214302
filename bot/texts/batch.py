"""What `darkroom batch` says."""

from collections import Counter

from bot.texts.tongue import _, counted


def well(name: str, by_model: Counter[str], pictures: int) -> str:
    """`by_model` counts the items for each model's name; pictures are told where they are more than the items."""
    shares = ", ".join(_("{count} with {model}", count=count, model=model) for model, count in by_model.items())
    total = by_model.total()
    together = _(", {pictures} pictures together", pictures=pictures) if pictures > total else ""
    return counted(
        "{name} can be sent: {count} item, {shares}{together}.",
        "{name} can be sent: {count} items, {shares}{together}.",
        total,
        name=name,
        shares=shares,
        together=together,
    )
