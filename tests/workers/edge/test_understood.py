"""A box that is newer than its server."""

from tests.workers.edge.disks import CAMERA
from webapp.ingest.forms import HeartbeatForm, paths
from workers.edge.understood import understood

BEAT = {
    "clock_offset_ms": None,
    "cameras": [{"camera_id": str(CAMERA), "recording": True, "new": {"part": 1}}],
    "gaps": [],
    "new": 1,
}


def test_a_server_of_before_is_told_only_what_it_knew() -> None:
    assert understood(BEAT, frozenset()) == {
        "clock_offset_ms": None,
        "cameras": [{"camera_id": str(CAMERA), "recording": True}],
        "gaps": [],
    }


def test_a_server_that_lists_more_is_told_more_and_what_it_lists_no_parts_of_whole() -> None:
    assert understood(BEAT, frozenset({"new", "cameras.new"})) == BEAT


def test_the_server_lists_every_key_that_its_form_takes() -> None:
    assert {"cameras", "cameras.spooled", "cameras.fault", "gaps.cause", "instance"} <= set(paths(HeartbeatForm))
