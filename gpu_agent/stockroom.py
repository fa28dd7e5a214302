"""The shelf as it is now: looked at again when a bot says hello and every minute, in a thread that nobody waits for."""

import logging
from collections.abc import Callable
from threading import Event, Thread

from gpu_agent import shelf
from gpu_agent.catalogue import CatalogueError
from gpu_agent.config import Config
from gpu_agent.frames import MAX_HEADER
from gpu_agent.wire import Shelf, encode

_EVERY = 60.0
_AT_MOST_EVERY = 2.0
_log = logging.getLogger(__name__)


class Stockroom:
    """Of each new shelf `coming` is told before orders for it are taken, and `changed` after that. While the drive with
    the weights is away, the shelf stays as it was: what is on that drive is not gone, and orders for it wait."""

    def __init__(self, config: Config, coming: Callable[[Shelf], None], changed: Callable[[Shelf], None]) -> None:
        """Raises CatalogueError for a models file that cannot be used."""
        self._config, self._coming, self._changed = config, coming, changed
        self._asked, self._stopped = Event(), Event()
        self._shelf = taken(config)

    @property
    def shelf(self) -> Shelf:
        return self._shelf

    def start(self) -> None:
        Thread(target=self._keep_looking, name="stockroom", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self._asked.set()

    def ask(self) -> None:
        """Look soon; whoever wants the answer hears of it as of every change."""
        self._asked.set()

    def look(self) -> None:
        """Take stock now."""
        if not shelf.mounted(self._config):
            return
        try:
            now = taken(self._config)
        except (CatalogueError, OSError) as error:
            _log.warning("the shelf stays as it was: %s", error)
            return
        if now.digest != self._shelf.digest:
            self._coming(now)
            self._shelf = now
            self._changed(now)

    def _keep_looking(self) -> None:
        while not self._stopped.is_set():
            self._asked.wait(_EVERY)
            self._asked.clear()
            if not self._stopped.is_set():
                self.look()
                self._stopped.wait(_AT_MOST_EVERY)


def taken(config: Config) -> Shelf:
    """What the models file and the folders of the settings hold, as the bot sees it."""
    stock = shelf.take_stock(config)
    models, loras = shelf.shelf_models(stock.catalogue), shelf.shelf_loras(stock)
    return fitting(Shelf(digest=shelf.digest(models, loras), models=models, loras=loras))


def fitting(whole: Shelf) -> Shelf:
    """Without the last LoRAs, where all of them are more than one message holds."""
    cut = whole
    while cut.loras and len(encode(cut)) > MAX_HEADER:
        cut = cut.model_copy(update={"loras": cut.loras[: len(cut.loras) * 9 // 10]})
    if len(cut.loras) < len(whole.loras):
        _log.warning("only %d of %d LoRAs are shown to bots: move some away", len(cut.loras), len(whole.loras))
    return cut
