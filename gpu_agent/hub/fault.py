"""Why something could not be fetched, as a kind and the facts its sentence needs."""

from gpu_agent.value import Facts


class HubFault(Exception):
    """What went wrong on the way; what was fetched before stays where it is."""

    def __init__(self, kind: str, facts: Facts) -> None:
        super().__init__(kind, facts)
        self.kind, self.facts = kind, facts
