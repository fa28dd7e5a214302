"""Whatever happens in whatever order: nothing accepted is lost, nothing is rendered twice, every job ends once."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gpu_agent.holds import Hold
from gpu_agent.spool import Spool
from gpu_agent.wire import Accepted, Cancelled, Done, Failed, Submit
from tests.agent.house import Ear, House

JOBS = st.sampled_from("abcdef")
RUNNERS = 2
ENDS = (Done, Failed, Cancelled)
GAME = Hold("card-in-use", {"program": "game"})


class Story(RuleBasedStateMachine):
    """Bots, workers, games and crashes in any order; `owed` are the jobs accepted and not thanked for, `saved` those in
    hand whose pixels are there, `games` the runners whose cards somebody else uses."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.house = House(Path(self.folder.name), runners=RUNNERS)
        self.owed: set[str] = set()
        self.epochs: dict[str, int] = {}
        self.saved: set[str] = set()
        self.games: set[int] = set()

    def teardown(self) -> None:
        self.folder.cleanup()

    def of(self, job: str) -> Ear | None:
        """The runner that has this job in hand."""
        place = self.house.desk._places.get(job)
        runner = place.runner if place is not None else None
        return runner if isinstance(runner, Ear) else None

    @rule(job=JOBS, newer=st.booleans())
    def submit(self, job: str, newer: bool) -> None:
        epoch = self.epochs.get(job, 1) + newer
        told = [message for message in self.house.submit(job, epoch, Ear()) if not hasattr(message, "phase")]
        if isinstance(told[0], Accepted):
            assert told[0].epoch == epoch
            assert [type(message) in ENDS for message in told[1:]] in ([], [True])
            self.owed.add(job)
            self.epochs[job] = epoch

    @rule(job=JOBS)
    def cancel(self, job: str) -> None:
        self.house.desk.cancel(job, self.house.bot)

    @rule(job=JOBS)
    def thank(self, job: str) -> None:
        """A bot thanks for what it has heard the end of."""
        if job in self.house.desk.spooled():
            self.house.desk.thank(job)
            self.owed.discard(job)
            self.epochs.pop(job)

    @precondition(lambda self: self.house.desk.rendering())
    @rule(data=st.data())
    def pixels(self, data: st.DataObject) -> None:
        """The worker never finishes two at once."""
        job = data.draw(st.sampled_from(self.house.desk.rendering()))
        there = [other for other in self.house.desk.rendering() if self.of(other) is self.of(job)]
        if not self.saved & set(there):
            self.saved.add(job)
            self.house.pixels(job)

    @precondition(lambda self: self.house.desk.rendering())
    @rule(data=st.data(), stopped=st.booleans())
    def end(self, data: st.DataObject, stopped: bool) -> None:
        job = data.draw(st.sampled_from(self.house.desk.rendering()))
        self.saved.discard(job)
        if stopped:
            self.house.desk.ended(Cancelled(job=job, epoch=1))
        else:
            self.house.finish(job)

    @rule(which=st.integers(0, RUNNERS - 1))
    def crash(self, which: int) -> None:
        runner = self.house.runners[which]
        self.saved -= {job for job in self.saved if self.of(job) is runner}
        self.house.desk.crashed(runner, "signal 9")

    @rule()
    def release(self) -> None:
        self.house.desk.release()

    @rule(which=st.integers(0, RUNNERS - 1), played=st.booleans())
    def look(self, which: int, played: bool) -> None:
        """Somebody starts a game, or ends it."""
        self.games = self.games | {which} if played else self.games - {which}
        self.house.desk.tend({self.house.runners[number]: GAME for number in self.games}, 600.0)

    @invariant()
    def every_accepted_job_has_one_place_or_one_end(self) -> None:
        assert sorted(self.house.desk.held()) == sorted(self.owed)

    @invariant()
    def no_runner_is_idle_while_an_order_waits_but_for_a_game(self) -> None:
        hands = [{job for job in self.house.desk.rendering() if self.of(job) is one} for one in self.house.runners]
        assert all(len(hand - self.saved) <= 1 and len(hand) <= 2 for hand in hands)
        if self.house.desk.waiting():
            assert all(hand or number in self.games for number, hand in enumerate(hands))

    @invariant()
    def what_renders_was_handed_over_last(self) -> None:
        for runner in self.house.runners:
            handed = [said.order.job for said in runner.heard if isinstance(said, Submit)]
            hand = {job for job in self.house.desk.rendering() if self.of(job) is runner}
            assert hand <= set(handed)
            assert hand - self.saved <= set(handed[-1:])

    @invariant()
    def the_disk_knows_every_end(self) -> None:
        """The next life of the daemon would hold the same ends under the same epochs."""
        ends = {job: self.house.spool.outcome(job) for job in self.house.desk.spooled()}
        kept = Spool(Path(self.folder.name))
        assert {job: kept.outcome(job) for job in kept.jobs()} == ends


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
