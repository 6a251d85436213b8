"""One failure is one fault, whatever it takes; what comes and goes opens nothing anew; nothing is closed here."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tenants.registry.models import Camera
from tenants.upkeep.faults.facts import Fact, Known
from tenants.upkeep.faults.kinds import FaultKind, FaultState, LineCode
from tenants.upkeep.faults.telemetry import Joining, OpenCamera, OpenFault, Opening, Turning, moves

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
SITE = uuid4()
TEN = [uuid4() for _ in range(10)]
_MINUTE = timedelta(minutes=1)


def _down(minutes: float, **changed: bool) -> Fact:
    at = NOW if not changed.get("silent") else NOW - minutes * _MINUTE
    return Fact(wrong=True, since=NOW - minutes * _MINUTE, at=at, words="鏡頭無法連線", **changed)


def _up() -> Fact:
    return Fact(wrong=False, since=NOW, at=NOW)


def _known(facts: Mapping[UUID, Mapping[FaultKind, Fact]], site: Mapping[FaultKind, Fact] | None = None) -> Known:
    cameras = {each: Camera(id=each, site_id=SITE, name="門口") for each in facts}
    return Known(cameras=cameras, of_cameras=facts, of_sites={SITE: site or {}})


def _recording(*minutes: float | None) -> Known:
    """Cameras that are down for so many minutes; None records."""
    kind = FaultKind.NOT_RECORDING
    return _known({TEN[n]: {kind: _up() if each is None else _down(each)} for n, each in enumerate(minutes)})


def _open(
    *cameras: UUID, kind: FaultKind = FaultKind.NOT_RECORDING, of: FaultKind | None = None, minutes: float = 30
) -> OpenFault:
    held = [
        OpenCamera(camera_id=each, kind=of or kind, found_at=NOW - minutes * _MINUTE, normal_since=None)
        for each in cameras
    ]
    return OpenFault(
        id=uuid4(),
        site_id=SITE,
        kind=kind,
        state=FaultState.FOUND,
        whole_site=False,
        cameras=held,
        is_back=False,
        turned_at=None,
    )


@pytest.mark.req("KH-8-1d", "DR-31")
def test_ten_cameras_down_from_one_switch_are_one_fault() -> None:
    found = moves(_recording(*(30 - n / 10 for n in range(10))), [], NOW)

    (opening,) = found
    assert isinstance(opening, Opening)
    assert opening.kind is FaultKind.BOX_OR_SWITCH
    assert set(opening.camera_ids) == set(TEN)
    assert opening.words == "鏡頭無法連線"


@pytest.mark.req("KH-8-1d")
def test_cameras_that_stopped_hours_apart_are_faults_of_their_own() -> None:
    found = moves(_recording(200, 30), [], NOW)

    assert [move.kind for move in found if isinstance(move, Opening)] == [FaultKind.NOT_RECORDING] * 2


def test_a_camera_that_starts_anew_is_no_fault_yet() -> None:
    assert moves(_recording(4), [], NOW) == []


@pytest.mark.req("DR-31")
def test_the_cameras_that_follow_in_the_next_look_join_the_first() -> None:
    held = _open(TEN[0], minutes=8)

    (joining,) = moves(_recording(8, 5, 5), [held], NOW)

    assert isinstance(joining, Joining)
    assert joining.fault_id == held.id
    assert set(joining.camera_ids) == {TEN[1], TEN[2]}


def test_a_camera_that_stops_tomorrow_does_not_join_what_stopped_today() -> None:
    held = _open(TEN[0], minutes=24 * 60)

    (opening,) = moves(_recording(24 * 60, 8), [held], NOW)

    assert isinstance(opening, Opening)
    assert list(opening.camera_ids) == [TEN[1]]


@pytest.mark.req("DR-31")
def test_a_silent_box_is_one_fault_of_the_whole_site() -> None:
    facts = {each: {FaultKind.NOT_RECORDING: _down(60 * n + 6, silent=True)} for n, each in enumerate(TEN)}
    silent = Fact(wrong=True, since=NOW - 6 * _MINUTE, at=NOW - 6 * _MINUTE, silent=True)

    (opening,) = moves(_known(facts, {FaultKind.BOX_OR_SWITCH: silent}), [], NOW)

    assert isinstance(opening, Opening)
    assert opening.whole_site
    assert opening.kind is FaultKind.BOX_OR_SWITCH
    assert set(opening.camera_ids) == set(TEN)


def test_what_is_open_is_not_opened_again() -> None:
    held = _open(*TEN[:3], kind=FaultKind.BOX_OR_SWITCH, of=FaultKind.NOT_RECORDING)

    assert moves(_recording(30, 30, 30), [held], NOW) == []


@pytest.mark.req("KH-3-9")
def test_a_camera_that_was_turned_is_a_fault() -> None:
    (opening,) = moves(_known({TEN[0]: {FaultKind.MOVED: _down(0)}}), [], NOW)

    assert isinstance(opening, Opening)
    assert (opening.kind, list(opening.camera_ids)) == (FaultKind.MOVED, [TEN[0]])


def test_two_pictures_that_are_wrong_are_two_faults_and_many_are_one() -> None:
    two = moves(_known({each: {FaultKind.DARK: _down(0)} for each in TEN[:2]}), [], NOW)
    many = moves(_known({each: {FaultKind.DARK: _down(0)} for each in TEN}), [], NOW)

    assert [len(move.camera_ids) for move in two if isinstance(move, Opening)] == [1, 1]
    assert [len(move.camera_ids) for move in many if isinstance(move, Opening)] == [10]


def test_a_missing_key_is_one_fault_of_its_own_name() -> None:
    lacks = _down(10, elsewhere=True)
    found = moves(_known({each: {FaultKind.NOT_RECORDING: lacks, FaultKind.KEY: lacks} for each in TEN[:2]}), [], NOW)

    assert [(move.kind, len(move.camera_ids)) for move in found if isinstance(move, Opening)] == [(FaultKind.KEY, 2)]


def test_a_full_disk_is_a_fault_of_the_site() -> None:
    full = {FaultKind.DISK: Fact(wrong=True, since=NOW, at=NOW, words="磁碟已滿")}

    (opening,) = moves(_known({}, full), [], NOW)

    assert isinstance(opening, Opening)
    assert (opening.kind, opening.whole_site) == (FaultKind.DISK, True)


def test_what_is_back_is_noted_and_not_closed() -> None:
    held = _open(TEN[0])

    assert moves(_recording(None), [held], NOW) == [Turning(fault_id=held.id, code=LineCode.BACK_TO_NORMAL)]


def test_a_group_is_back_only_when_all_of_it_is() -> None:
    held = _open(*TEN[:2], kind=FaultKind.BOX_OR_SWITCH, of=FaultKind.NOT_RECORDING)

    assert moves(_recording(None, 30), [held], NOW) == []


def test_what_comes_and_goes_is_told_once_an_hour_and_opens_nothing() -> None:
    back = replace(_open(TEN[0]), is_back=True, turned_at=NOW - 10 * _MINUTE)
    an_hour_later = replace(back, turned_at=NOW - 61 * _MINUTE)

    assert moves(_recording(6), [back], NOW) == []
    (turn,) = moves(_recording(6), [an_hour_later], NOW)
    assert isinstance(turn, Turning)
    assert turn.code is LineCode.WRONG_AGAIN


def test_what_nobody_knows_opens_nothing_and_is_not_back() -> None:
    assert moves(_known({TEN[0]: {}}), [_open(TEN[0])], NOW) == []


def test_a_word_of_a_person_is_not_undone_by_what_no_box_measures() -> None:
    damaged = _open(TEN[0], kind=FaultKind.DAMAGE)

    assert moves(_recording(None), [damaged], NOW) == []
