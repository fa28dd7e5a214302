"""Whatever happens in whatever order: nothing accepted is lost, nothing is rendered twice, every job ends once."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gpu_agent.spool import Spool
from gpu_agent.wire import Accepted, Cancelled, Done, Failed, Submit
from tests.agent.house import Ear, House

JOBS = st.sampled_from("abcdef")
RUNNERS = 2
ENDS = (Done, Failed, Cancelled)


class Story(RuleBasedStateMachine):
    """Bots, workers and crashes in any order; `owed` are the jobs accepted and not thanked for."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.house = House(Path(self.folder.name), runners=RUNNERS)
        self.owed: set[str] = set()
        self.epochs: dict[str, int] = {}

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(job=JOBS, newer=st.booleans())
    def submit(self, job: str, newer: bool) -> None:
        epoch = self.epochs.get(job, 1) + newer
        told = self.house.submit(job, epoch, Ear())
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
    @rule(data=st.data(), stopped=st.booleans())
    def end(self, data: st.DataObject, stopped: bool) -> None:
        job = data.draw(st.sampled_from(self.house.desk.rendering()))
        if stopped:
            self.house.desk.ended(Cancelled(job=job, epoch=1))
        else:
            self.house.finish(job)

    @rule(which=st.integers(0, RUNNERS - 1))
    def crash(self, which: int) -> None:
        self.house.desk.crashed(self.house.runners[which], "signal 9")

    @rule()
    def release(self) -> None:
        self.house.desk.release()

    @invariant()
    def every_accepted_job_has_one_place_or_one_end(self) -> None:
        held = self.house.desk.held()
        assert sorted(held) == sorted(self.owed)

    @invariant()
    def no_runner_is_idle_while_an_order_waits(self) -> None:
        rendering, waiting = self.house.desk.rendering(), self.house.desk.waiting()
        assert len(rendering) <= RUNNERS
        assert len(waiting) <= RUNNERS
        assert not waiting or len(rendering) == RUNNERS

    @invariant()
    def what_renders_is_what_was_handed_over_last(self) -> None:
        last = [[said.order.job for said in runner.heard if isinstance(said, Submit)] for runner in self.house.runners]
        assert set(self.house.desk.rendering()) <= {jobs[-1] for jobs in last if jobs}

    @invariant()
    def the_disk_knows_every_end(self) -> None:
        """The next life of the daemon would hold the same ends under the same epochs."""
        ends = {job: self.house.spool.outcome(job) for job in self.house.desk.spooled()}
        kept = Spool(Path(self.folder.name))
        assert {job: kept.outcome(job) for job in kept.jobs()} == ends


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
