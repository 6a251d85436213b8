"""The nightly look: told once, again while nobody answers, and not again to a server that is too old for it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

import pytest

from infra.camera_profiles import Measured
from infra.clock import now
from tests.workers.edge.disks import CAMERA, Disk, config_document, enrol
from tests.workers.edge.passing import Passing
from workers.edge.api import Api, Refused, Unavailable
from workers.edge.configuration import CameraRules
from workers.edge.onvif import nights
from workers.edge.onvif.night_times import looked_at
from workers.edge.onvif.nights import Nights, told


class Answering:
    """A server that gives these answers, one after the other."""

    def __init__(self, *answers: Exception | None) -> None:
        self.answers, self.asked = list(answers), list[Mapping[str, Any]]()

    def post(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """Raise the next answer, or take it."""
        assert path == "/checks"
        self.asked.append(document)
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer
        return {}


@pytest.mark.req("KH-3-8")
@pytest.mark.parametrize(
    "answers", [[None], [Unavailable("down"), Unavailable("down"), None], [Refused(404, "", "")]], ids=str
)
def test_what_was_measured_is_told_until_there_is_an_answer(
    disk: Disk, monkeypatch: pytest.MonkeyPatch, answers: list[Exception | None]
) -> None:
    seen = Measured(codec="h264", width=320, height=240, fps=10.0, key_interval_ms=500, kbps=300)
    monkeypatch.setattr(nights, "look", lambda _home, _camera: seen)
    enrol(disk.home, config_document())
    server, count = Answering(*answers), len(answers)
    Nights(disk.home, cast("Api", server), lambda: False, clock=Passing().clock).once(until=now() + timedelta(hours=1))
    assert (len(server.asked), server.answers) == (count, [])
    assert looked_at(disk.home) is not None, "the next start has nothing to catch up on"
    assert {item["camera_id"] for one in server.asked for item in one["items"]} == {str(CAMERA)}


@pytest.mark.req("KH-3-10")
@pytest.mark.parametrize(("offset_ms", "ahead_ms"), [(900, -900), (-61_000, 61_000), (None, None)])
def test_the_server_is_told_how_far_a_cameras_clock_is_ahead(offset_ms: int | None, ahead_ms: int | None) -> None:
    seen = Measured(
        codec="h264", width=640, height=360, fps=15, key_interval_ms=2000, kbps=900, clock_offset_ms=offset_ms
    )
    assert told(CameraRules(CAMERA, "C-GATE", "大門", audio=False), seen)["clock_offset_ms"] == ahead_ms
