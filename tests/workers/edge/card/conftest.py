"""A camera with a card, and a box that recorded nothing for a while."""

from collections.abc import Iterator
from itertools import pairwise
from uuid import uuid4

import pytest

from infra import age
from infra.causes import GapCause
from infra.manifest import ManifestLine, parse_and_verify
from infra.signing import public_key_text
from tests.cameras.card import Card, Frame, frames_of, playing
from tests.cameras.onvif import LOGIN, OnvifCamera, serving
from tests.clips import Clip
from tests.workers.edge.disks import BEGAN, CAMERA, DAY, Disk, config_document, enrol
from workers.edge.card.fetching import Fetcher
from workers.edge.ledger import Entry, Ledger, State

STEP_US = 100_000
SECOND_US = 1_000_000
# The box recorded until then, and again from half a minute later on.
GAP_US = BEGAN, BEGAN + 30 * SECOND_US
# How far a time may be off: the camera tells its own to the second, and footage begins with a key frame.
NEAR_US = 1_700_000


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    """Five seconds, with a key frame every second."""
    clip = Clip(path=tmp_path_factory.mktemp("card") / "clip.ts", frames=50, key_every=10)
    return frames_of(clip.make())


@pytest.fixture
def card(frames: list[Frame]) -> Iterator[Card]:
    """From ten seconds before the gap to ten seconds after it, without a pause."""
    taken = [GAP_US[0] - 10 * SECOND_US + number * STEP_US for number in range(500)]
    with playing(Card(frames=frames * 10, taken_us=taken, login=LOGIN)) as one:
        yield one


@pytest.fixture
def camera(card: Card) -> Iterator[OnvifCamera]:
    """The camera that has it."""
    with serving(OnvifCamera(stream="rtsp://127.0.0.1:554/main", cards=[card])) as one:
        yield one


@pytest.fixture
def lost(disk: Disk, camera: OnvifCamera) -> Disk:
    """A box whose camera records again."""
    document = config_document(days=[DAY], recipient=disk.day_key.recipient, segment_seconds=10)
    enrol(disk.home, document)
    address = f"rtsp://{LOGIN.user}:{LOGIN.password}@127.0.0.1:554/main"
    disk.home.keep_address(CAMERA, address, onvif=f"http://{camera.address}/onvif/device_service")
    missed(disk, GapCause.CAMERA_UNREACHABLE)
    return disk


def missed(disk: Disk, cause: GapCause) -> None:
    """A minute of footage, half a minute of nothing, and a minute again."""
    ledger = Ledger(disk.home.ledger)
    ledger.enter(Entry(uuid4(), CAMERA, DAY, GAP_US[0] - 60 * SECOND_US, GAP_US[0]))
    ledger.fail(CAMERA, cause, at_us=GAP_US[0])
    ledger.enter(Entry(uuid4(), CAMERA, DAY, GAP_US[1], GAP_US[1] + 60 * SECOND_US))
    ledger.close()


def fetch(disk: Disk) -> None:
    """One look at the card."""
    Fetcher(disk.home, lambda: False).run()


def due_again(disk: Disk) -> bool:
    """Whether something is still to be looked for; it is due at once then."""
    ledger = Ledger(disk.home.ledger)
    with ledger.transaction() as run:
        found = run.execute("update gaps set card_due_us = 0 where card_due_us is not null").rowcount
    ledger.close()
    return found > 0


def fetched(disk: Disk) -> list[ManifestLine]:
    """What is in the spool off the card, by time; each opens and is whole."""
    spool, ledger = disk.spool()
    found = [entry for entry, state in ledger.known(CAMERA).values() if entry.recovered and state is State.SPOOLED]
    key = public_key_text(disk.home.device_key())
    lines = []
    for entry in sorted(found, key=lambda one: one.started_us):
        line = parse_and_verify(spool.line_of(entry), public_key=key)
        plain = age.decrypt(spool.cipher_path(entry).read_bytes(), disk.day_key.secret)
        assert len(plain) == line.plain_bytes
        lines.append(line)
    ledger.close()
    return lines


def is_filled(lines: list[ManifestLine], *, seams: int = 0) -> bool:
    """Whether the whole gap is there but for its edges, once, and nothing beyond it. A seam costs a key interval."""
    inside = all(GAP_US[0] <= one.started_us < one.ended_us <= GAP_US[1] for one in lines)
    apart = all(one.ended_us <= two.started_us for one, two in pairwise(lines))
    return inside and apart and sum(one.ended_us - one.started_us for one in lines) > (30 - seams) * SECOND_US - NEAR_US


def plays(card: Card) -> list[str]:
    """How often it was played."""
    return [one for one in card.asked if one.startswith("PLAY") and "Authorization" in one]
