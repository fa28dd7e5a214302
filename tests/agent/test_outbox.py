"""A slow line costs a bounded amount of memory and nobody's time."""

from collections.abc import Iterator
from multiprocessing import Pipe
from threading import Event, Thread

from gpu_agent.frames import Frame, FrameError, FrameReader, pack
from gpu_agent.line import Line
from gpu_agent.outbox import MOST_WAITING, Outbox
from gpu_agent.value import Message
from gpu_agent.wire import Cancelled, Chunk, Ping, Progress


def progress(job: str, step: int) -> Progress:
    return Progress(job=job, phase="rendering", step=step, of=99)


def chunk(offset: int) -> Chunk:
    return Chunk(sha256="0" * 64, offset=offset, total=99)


def taken(outbox: Outbox) -> list[Message]:
    """All that the outbox gives out until it is empty and closed."""
    return [frame.message for data in iter(outbox.take, None) for frame in FrameReader().feed(data)]


def some(outbox: Outbox, count: int) -> list[Message]:
    frames = [next(FrameReader().feed(outbox.take() or b"")) for _ in range(count)]
    return [frame.message for frame in frames]


def test_of_many_reports_only_the_newest_of_each_job_waits() -> None:
    """A thousand reports to a line that takes none are two."""
    outbox = Outbox()
    for step in range(1000):
        outbox.put(progress("a", step), bytes(1000))
        outbox.put(progress("b", step))
    outbox.put(Ping(nonce="end"))
    assert some(outbox, 3) == [Ping(nonce="end"), progress("a", 999), progress("b", 999)]


def test_messages_keep_their_order_and_go_before_chunks() -> None:
    """A picture on its way never holds up an answer."""
    outbox = Outbox()
    outbox.stream("picture", iter([pack(chunk(0)), pack(chunk(1))]))
    assert some(outbox, 1) == [chunk(0)]
    outbox.put(Ping(nonce="1"))
    outbox.put(Ping(nonce="2"))
    assert some(outbox, 3) == [Ping(nonce="1"), Ping(nonce="2"), chunk(1)]


def test_progress_and_chunks_take_turns() -> None:
    """Neither a lively render nor a large picture starves the other."""
    outbox = Outbox()
    outbox.stream("picture", (pack(chunk(number)) for number in range(9)))
    told: list[Message] = []
    for step in range(4):
        outbox.put(progress("a", step))
        told += some(outbox, 1)
    assert told == [progress("a", 0), chunk(0), progress("a", 2), chunk(1)]


def test_nothing_is_said_of_a_job_after_its_end() -> None:
    """A report that waited is dropped when the end overtakes it."""
    outbox = Outbox()
    outbox.put(progress("a", 1))
    outbox.put(progress("b", 1))
    outbox.put(Cancelled(job="a", epoch=1))
    assert some(outbox, 2) == [Cancelled(job="a", epoch=1), progress("b", 1)]


def test_a_second_stream_of_the_same_picture_takes_the_place_of_the_first() -> None:
    """Asking anew from another offset does not send the picture twice."""
    outbox = Outbox()
    outbox.stream("picture", iter([pack(chunk(0)), pack(chunk(1))]))
    outbox.stream("picture", iter([pack(chunk(5))]))
    outbox.stream("other", iter([pack(chunk(7))]))
    assert some(outbox, 2) == [chunk(5), chunk(7)]


def test_chunks_are_read_only_when_the_line_takes_them() -> None:
    """A hundred fetches of a large picture are a hundred file positions, not a hundred pictures in memory."""
    drawn: list[int] = []

    def reading() -> Iterator[bytes]:
        for number in range(9):
            drawn.append(number)
            yield pack(chunk(number))

    outbox = Outbox()
    outbox.stream("picture", reading())
    assert drawn == []
    some(outbox, 2)
    assert drawn == [0, 1]


def test_closing_gives_out_what_was_said_and_drops_the_rest() -> None:
    """The last sentence arrives; the picture behind it does not hold the line open."""
    outbox = Outbox()
    outbox.stream("picture", iter([pack(chunk(0))]))
    outbox.put(progress("a", 1))
    outbox.put(Ping(nonce="last"))
    outbox.close()
    outbox.put(Ping(nonce="too late"))
    assert taken(outbox) == [Ping(nonce="last")]


def test_who_asks_without_reading_is_no_longer_read() -> None:
    """A full outbox stops the reader until the line has taken something; telling it something still never waits."""
    outbox = Outbox()
    for number in range(MOST_WAITING):
        outbox.put(Ping(nonce=str(number)))
    room: list[bool] = []
    reader = Thread(target=lambda: room.append(outbox.wait_for_room()), daemon=True)
    reader.start()
    outbox.put(Cancelled(job="a", epoch=1))
    assert room == []
    some(outbox, 2)
    reader.join(60)
    assert room == [True]


def test_every_question_of_a_flood_is_answered_once_somebody_reads() -> None:
    """Being made to wait loses nothing and keeps the order."""
    near, far = Pipe()
    line = Line(near, lambda frame: line.tell(frame.message), lambda fault: None)
    line.start()
    questions = [Ping(nonce=str(number)) for number in range(10 * MOST_WAITING)]

    def flood() -> None:
        for question in questions:
            far.send_bytes(pack(question))

    Thread(target=flood, daemon=True).start()
    reader = FrameReader()
    answers: list[Message] = []
    while len(answers) < len(questions):
        answers += [frame.message for frame in reader.feed(far.recv_bytes())]
    assert answers == questions
    far.close()


def test_a_line_tells_its_end_once_with_the_fault() -> None:
    """Bytes that are no frames end the line, and the last words still go out."""
    near, far = Pipe()
    ends: list[FrameError | None] = []
    over = Event()

    def ended(fault: FrameError | None) -> None:
        ends.append(fault)
        line.tell(Ping(nonce="sorry"))
        over.set()

    line = Line(near, lambda frame: None, ended)
    line.start()
    far.send_bytes(pack(Ping()) + b"rubbish between two frames")
    assert over.wait(60)
    assert list(FrameReader().feed(far.recv_bytes())) == [Frame(Ping(nonce="sorry"))]
    assert [fault.kind for fault in ends if fault] == ["banner"]
    far.close()
