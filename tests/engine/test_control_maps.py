"""Maps for ControlNets: edges, depth and poses found in a picture, or a map that was sent."""

from pathlib import Path

import huggingface_hub.constants
import numpy as np
import pytest
from PIL import Image, ImageDraw

from gpu_agent.engine import detect, pose
from gpu_agent.engine.control import Maps
from gpu_agent.engine.fault import Fault
from gpu_agent.order import Control, ControlKind
from tests.engine.twins import detectors

KINDS: tuple[ControlKind, ...] = ("canny", "depth", "pose")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("hub")
    detectors.save(place, detect.DEPTH, pose.JOINTS)
    return place


@pytest.fixture
def hub(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The libraries look for repositories here, and nowhere else."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(cache))


def _picture(shade: int = 60) -> Image.Image:
    image = Image.new("RGB", (96, 64), (200, 190, 180))
    ImageDraw.Draw(image).ellipse((20, 10, 70, 55), fill=(shade, 20, 90))
    return image


def _asked(kind: ControlKind, image: str = "a", **own: bool) -> Control:
    return Control(kind=kind, image=image * 64, **own)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("hub")
def test_a_map_is_of_the_pictures_size_and_tells_pictures_apart(kind: ControlKind) -> None:
    """Every kind: RGB, as large as the picture, and another for another picture."""
    maps = Maps()
    one = maps.map_for(_asked(kind), _picture())
    other = maps.map_for(_asked(kind, "b"), _picture(shade=240).rotate(90))
    assert (one.mode, one.size) == ("RGB", (96, 64))
    assert one.tobytes() != other.tobytes()


def test_a_prepared_map_is_taken_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked for in it, so no detector has to be here."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    sent = _picture()
    for kind in KINDS:
        assert Maps().map_for(_asked(kind, prepared=True), sent).tobytes() == sent.tobytes()


@pytest.mark.parametrize(("kind", "repo"), [("depth", detect.DEPTH), ("pose", pose.JOINTS)])
def test_a_missing_detector_is_named(
    kind: ControlKind, repo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person reads which repository to fetch; nothing is fetched behind his back."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(Fault) as missing:
        Maps().map_for(_asked(kind), _picture())
    assert (missing.value.kind, missing.value.facts) == ("detector-missing", {"control": kind, "repo": repo})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("hub")
def test_pictures_of_one_batch_share_their_map() -> None:
    """The detector runs once for one image and kind, and not for a ninth image that pushed the first out."""
    maps = Maps()
    first = maps.map_for(_asked("canny"), _picture())
    assert maps.map_for(_asked("canny"), _picture()) is first
    for letter in "bcdef012":
        maps.map_for(_asked("canny", letter), _picture())
    assert maps.map_for(_asked("canny"), _picture()) is not first


def test_edges_lie_where_the_shape_ends() -> None:
    """White on the outline, black inside and outside."""
    found = np.asarray(detect.edges(_picture()))[:, :, 0]
    assert found[32, 5] == found[32, 45] == 0
    assert found[32, 17:23].max() == 255


@pytest.mark.usefixtures("hub")
def test_depth_uses_all_levels_and_takes_any_shape() -> None:
    """Near is white and far is black, whatever the picture's own light; also for a very flat picture."""
    for size in ((96, 64), (40, 130), (300, 16)):
        found = np.asarray(detect.depth(_picture().resize(size)))
        assert found.shape == (size[1], size[0], 3)
        assert (found.min(), found.max()) == (0, 255)


def test_without_a_finder_of_people_the_picture_is_one_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And with one, each of those it finds is looked at."""
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    assert pose.people(_picture()) == [(0.0, 0.0, 96.0, 64.0)]
    detectors.save(tmp_path, pose.PEOPLE)
    assert len(pose.people(_picture())) == 5


def test_a_figure_has_a_neck_between_its_shoulders_and_right_where_right_is() -> None:
    """ViTPose's seventeen joints become OpenPose's eighteen; what is not sure is left out."""
    found = [pose.Joint((float(number), 0.0), 0.9) for number in range(17)]
    points = pose.figure(found)
    assert points[1] == (5.5, 0.0)
    assert points[2] == (6.0, 0.0)
    assert points[17] == (3.0, 0.0)
    hidden = [pose.Joint(joint.at, 0.1 if number == 6 else 0.9) for number, joint in enumerate(found)]
    assert pose.figure(hidden)[1:3] == [None, None]


def test_limbs_and_joints_have_the_colours_that_the_nets_know() -> None:
    """The nose is red, the neck orange-red, and the limb between them a darkened blue."""
    points: list[pose.Point | None] = [None] * 18
    points[0], points[1] = (32.0, 8.0), (32.0, 56.0)
    seen = pose.drawn([points], (64, 64))
    assert seen.getpixel((32, 8)) == (255, 0, 0)
    assert seen.getpixel((32, 56)) == (255, 85, 0)
    assert seen.getpixel((32, 32)) == (0, 0, 153)
    assert seen.getpixel((5, 5)) == (0, 0, 0)


@pytest.mark.usefixtures("hub")
def test_nobody_to_be_seen_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty map would hold on to nothing, and the person would not know why."""
    monkeypatch.setattr(pose, "_SURE_JOINT", 1e9)
    with pytest.raises(Fault) as nobody:
        pose.pose(_picture())
    assert nobody.value.kind == "pose-nobody"
