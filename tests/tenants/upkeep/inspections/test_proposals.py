"""What the facts propose: 是 only where it is known, never while a camera is offline."""

from dataclasses import replace
from uuid import uuid4

import pytest

from infra.causes import PictureFault
from tenants.footage.rules import Now
from tenants.footage.times import Drift
from tenants.upkeep.inspections.models import DrillOutcome, Question
from tenants.upkeep.inspections.proposals import (
    REASON_NAMES,
    CameraFacts,
    HostFacts,
    Reason,
    SiteFacts,
    of_camera,
    of_site,
)

pytestmark = pytest.mark.req("KH-A3-05", "DR-30")

GOOD = CameraFacts(now=Now.RECORDING, picture=[], drift=Drift.GOOD)
SITE = SiteFacts(hosts=[HostFacts(heard=True)], drill=DrillOutcome.OK, cameras={uuid4(): GOOD, uuid4(): GOOD})


def test_where_everything_is_known_and_well_all_three_are_proposed_with_yes() -> None:
    assert {each.answer for each in of_site(SITE).values()} == {True}


@pytest.mark.parametrize(
    ("camera", "devices", "picture", "reason"),
    [
        (replace(GOOD, now=Now.NOT_RECORDING), False, False, Reason.CAMERA_OFFLINE),
        (replace(GOOD, now=Now.SILENT), None, None, Reason.CAMERA_SILENT),
        (replace(GOOD, picture=[PictureFault.BLOCKED]), True, False, Reason.PICTURE_FAULT),
        (replace(GOOD, picture=None), True, None, Reason.PICTURE_UNKNOWN),
        (replace(GOOD, frozen=True), True, False, Reason.FROZEN),
        (replace(GOOD, drift=Drift.FAULT), False, True, Reason.CLOCK_OFF),
        (replace(GOOD, drift=Drift.TIME_ZONE), False, True, Reason.CLOCK_ZONE),
        (replace(GOOD, drift=Drift.UNKNOWN), True, True, None),
    ],
    ids=["offline", "silent", "covered", "nobody looked", "frozen", "clock", "time zone", "no clock"],
)
def test_one_camera_that_is_not_well_decides_for_the_site(
    camera: CameraFacts, *, devices: bool | None, picture: bool | None, reason: Reason | None
) -> None:
    found = of_site(replace(SITE, cameras={uuid4(): GOOD, uuid4(): camera}))

    assert (found[Question.DEVICES].answer, found[Question.PICTURE].answer) == (devices, picture)
    told = {one for each in of_camera(camera).values() for one in each.reasons}
    assert told == ({reason} if reason else set())


@pytest.mark.parametrize(
    ("site", "answer", "reason"),
    [
        (replace(SITE, hosts=[]), None, Reason.NO_HOST),
        (replace(SITE, hosts=[HostFacts(heard=True), HostFacts(heard=False)]), None, Reason.HOST_SILENT),
        (replace(SITE, hosts=[HostFacts(heard=True, disk_fault=True)]), False, Reason.DISK_FAULT),
        (replace(SITE, drill=DrillOutcome.FAILED), False, Reason.DRILL_FAILED),
        (replace(SITE, drill=DrillOutcome.NO_FOOTAGE), None, Reason.DRILL_UNKNOWN),
        (replace(SITE, drill=None), None, Reason.DRILL_UNKNOWN),
    ],
    ids=["no box", "a silent box", "a bad disk", "the drill failed", "nothing to try", "never tried"],
)
def test_the_host_is_well_only_if_it_is_heard_and_the_night_could_use_what_it_sent(
    site: SiteFacts, *, answer: bool | None, reason: Reason
) -> None:
    found = of_site(site)[Question.HOST]

    assert (found.answer, found.reasons) == (answer, [reason])


def test_a_site_without_cameras_proposes_nothing_for_them() -> None:
    found = of_site(replace(SITE, cameras={}))

    assert found[Question.DEVICES].answer is None
    assert found[Question.PICTURE].reasons == [Reason.NO_CAMERA]


def test_every_reason_has_words() -> None:
    assert REASON_NAMES.keys() == set(Reason)
