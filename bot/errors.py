"""Everything that can go wrong, as a tree. Leaves carry a `kind` and facts; `bot.texts` turns them into sentences.

DarkroomError
├── Refusal               the ask was not accepted; nothing was stored
│   ├── NotRenderable     the model or the tower cannot draw it (kind from the planner)
│   ├── Unclear           what was typed cannot be taken (a kind for each reason)
│   ├── BadSlug · BadCount · BadSize · BadSeed · BadWhen · BadZone
│   ├── NotYours          a button of somebody else's job
│   ├── NoSuchJob         a button of a job that the ledger does not know
│   ├── NotAllowed        this person may not, here or now
│   │   ├── Blocked · WrongChannel · RoleLacking · NotAdministrator
│   │   ├── UnwantedWords · NotAgeRestricted
│   │   └── DaySpent · TooManyAtOnce · TooSoon
│   ├── NoSuchPicture     words that lead to no picture
│   ├── PictureDeleted    a button of a picture that was deleted
│   ├── BadInput          a file that came along cannot be drawn from (kind says why)
│   └── BatchFault        a batch file is wrong, at a line, item and field
├── TowerTrouble          the tower cannot be used now; jobs stay queued
│   ├── NeverWoke · Unreachable · PortClosed · PortSilent · NameUnknown
│   ├── HostKeyUnknown · HostKeyChanged · LoginRefused
│   ├── AgentMissing · DaemonDown · ProtocolMismatch
│   └── LineCut           it was ready a moment ago
├── PictureBroken         what came back is not the picture that was promised
├── BadSettings           darkroom.toml or the environment
└── LedgerTrouble         LedgerDamaged · LedgerTooNew · LedgerInUse · LedgerUnreachable
"""

from collections.abc import Sequence
from typing import ClassVar

from gpu_agent.value import Facts


class DarkroomError(Exception):
    """Base of the tree; `facts` fill the sentence."""

    kind: ClassVar[str] = ""

    def __init__(self, **facts: str | int | float | bool | None) -> None:
        super().__init__(f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in facts.items())})")
        self.facts: Facts = facts


class Refusal(DarkroomError):
    """The ask was not accepted."""


class NotRenderable(Refusal):
    """The planner's or the agent's refusal, under its own kind."""

    def __init__(self, reason: str, facts: Facts) -> None:
        super().__init__(**facts)
        self.kind = reason  # type: ignore[misc]  # each planner refusal keeps its own sentence


class Unclear(Refusal):
    """What a person typed cannot be taken, under a kind of its own for each reason."""

    def __init__(self, reason: str, facts: Facts) -> None:
        super().__init__(**facts)
        self.kind = reason  # type: ignore[misc]  # each reason has its own sentence


class BadSlug(Refusal):
    kind = "bad-slug"


class BadCount(Refusal):
    kind = "bad-count"


class BadSize(Refusal):
    kind = "bad-size"


class BadSeed(Refusal):
    kind = "bad-seed"


class BadWhen(Refusal):
    kind = "bad-when"


class BadZone(Refusal):
    kind = "bad-zone"


class NotYours(Refusal):
    kind = "not-yours"


class NoSuchJob(Refusal):
    kind = "job-unknown"


class NoSuchPicture(Refusal):
    kind = "no-such-picture"


class PictureDeleted(Refusal):
    kind = "picture-deleted"


class BadInput(Refusal):
    """A picture or mask that a person sent along, refused under its own kind."""

    kind = "input-no-picture"

    def __init__(self, reason: str = "input-no-picture", **facts: str | int | float | bool | None) -> None:
        super().__init__(**facts)
        self.kind = reason  # type: ignore[misc]  # each keeps its own sentence


class NotAllowed(Refusal):
    """This person may not, here or now."""


class Blocked(NotAllowed):
    kind = "blocked"


class WrongChannel(NotAllowed):
    kind = "wrong-channel"


class RoleLacking(NotAllowed):
    kind = "role-lacking"


class NotAdministrator(NotAllowed):
    kind = "not-administrator"


class UnwantedWords(NotAllowed):
    kind = "unwanted-words"


class NotAgeRestricted(NotAllowed):
    kind = "not-age-restricted"


class DaySpent(NotAllowed):
    kind = "day-spent"


class TooManyAtOnce(NotAllowed):
    kind = "too-many-at-once"


class TooSoon(NotAllowed):
    kind = "too-soon"


class BatchFault(Refusal):
    """`line`, `item` (1-based) and `field` name the place; `fault` says what is wrong there.

    One that stands for a whole file is its first fault, shows the first several, and counts the `further` ones.
    """

    kind = "batch-fault"
    _others: tuple["BatchFault", ...] = ()

    @staticmethod
    def of(shown: Sequence["BatchFault"], count: int) -> "BatchFault":
        """`shown` are the first of `count` faults, at least one."""
        whole = BatchFault(**shown[0].facts, **({"further": count - 1} if count > 1 else {}))
        whole._others = tuple(shown[1:])
        return whole

    @property
    def shown(self) -> tuple["BatchFault", ...]:
        """The faults that are told one by one, itself the first."""
        return (self, *self._others)


class TowerTrouble(DarkroomError):
    """The tower cannot be used now."""


class NeverWoke(TowerTrouble):
    kind = "never-woke"


class Unreachable(TowerTrouble):
    kind = "unreachable"


class PortClosed(TowerTrouble):
    kind = "port-closed"


class PortSilent(TowerTrouble):
    kind = "port-silent"


class NameUnknown(TowerTrouble):
    kind = "name-unknown"


class HostKeyUnknown(TowerTrouble):
    kind = "host-key-unknown"


class HostKeyChanged(TowerTrouble):
    kind = "host-key-changed"


class LoginRefused(TowerTrouble):
    kind = "login-refused"


class AgentMissing(TowerTrouble):
    kind = "agent-missing"


class DaemonDown(TowerTrouble):
    kind = "daemon-down"


class ProtocolMismatch(TowerTrouble):
    kind = "protocol"


class LineCut(TowerTrouble):
    kind = "line-cut"


class PictureBroken(DarkroomError):
    kind = "picture-broken"


class BadSettings(DarkroomError):
    kind = "bad-settings"


class LedgerTrouble(DarkroomError):
    """The ledger cannot be opened."""


class LedgerDamaged(LedgerTrouble):
    kind = "ledger-damaged"


class LedgerTooNew(LedgerTrouble):
    kind = "ledger-too-new"


class LedgerInUse(LedgerTrouble):
    kind = "ledger-in-use"


class LedgerUnreachable(LedgerTrouble):
    kind = "ledger-unreachable"


class DumpUnfit(DarkroomError):
    """What should be read into a ledger is not what was written out of one."""

    kind = "dump-unfit"


class ReviewsUnfit(DarkroomError):
    """Hand-kept reviews that cannot be taken in. `found` are place, field, kind and value of each fault."""

    kind = "reviews-unfit"

    def __init__(self, found: Sequence[tuple[str, str, str, str]]) -> None:
        super().__init__(count=len(found))
        self.found = tuple(found)


class GitRefused(DarkroomError):
    """The nightly export's folder cannot be committed."""

    kind = "git-refused"


class FolderUnfit(DarkroomError):
    """A folder that something should be written to or read from, for a reason of its own."""

    kind = "folder-missing"

    def __init__(self, reason: str, **facts: str | int | float | bool | None) -> None:
        super().__init__(**facts)
        self.kind = reason  # type: ignore[misc]  # each keeps its own sentence
