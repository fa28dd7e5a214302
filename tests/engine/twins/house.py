"""All twins of a test session under one roof: each is built when it is first asked for, and once."""

from collections.abc import Iterable
from pathlib import Path

from gpu_agent import catalogue
from gpu_agent.catalogue import Model
from tests.engine.twins import build
from tests.engine.twins.models_file import models_file


class Twins:
    """Twins as folders, as entries, and as a models file that names them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, Model] = {}

    def folder(self, model_id: str) -> Path:
        """The folder of a saved pipeline; its ControlNets and IP-Adapter lie in `beside`."""
        place = self._root / model_id
        if not place.exists():
            build.whole(model_id, place)
        return place

    def model(self, model_id: str) -> Model:
        """The entry as the catalogue has it with the twin in the place of the shipped model."""
        if model_id not in self._known:
            (self._root / "entries" / model_id).mkdir(parents=True)
            file = self.models_file(self._root / "entries" / model_id, [model_id])
            self._known[model_id] = catalogue.load(file)[model_id]
        return self._known[model_id]

    def models_file(self, place: Path, model_ids: Iterable[str] = build.MODELS) -> Path:
        """`place`/models.toml, which replaces these entries by their twins."""
        return models_file(place, [build.twin_entry(model_id, self.folder(model_id)) for model_id in model_ids])
