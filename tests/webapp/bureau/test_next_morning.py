"""What a box tells by day stands on the bureau's page the next morning, under its right name, until it is mended.

Each walks the whole way: the box's signed word, the service's look, the articles' round, and the page at 07:40.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from infra import clock
from infra.db import db
from infra.manifest import microseconds
from infra.tenancy import Binding, bind
from tenants.permissions import Role
from tenants.registry.models import Camera
from tenants.upkeep.faults import settling, steps
from tenants.upkeep.faults.kinds import KIND_NAMES, FaultKind, GapReason
from tenants.upkeep.faults.models import Fault
from tenants.upkeep.faults.settling import Word
from tests.factories import footage, hours, people
from tests.factories.devices import SigningBox
from tests.factories.people import acting
from tests.factories.registry import Institution, institution
from tests.webapp.conftest import WebClient
from tests.webapp.ingest.conftest import Talking, beat
from workers import compliance_jobs, upkeep_jobs
from workers import job as job_wrapper

_DAY, _MINUTE, _SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
# All of it lies in the past, since the database has a clock of its own.
NOON = clock.day_start(clock.today() - 12 * _DAY) + timedelta(hours=12)
SERIAL = f"報修-{clock.civil_day(NOON).year - 1911}-0001"
pytestmark = pytest.mark.req("DR-30", "KH-8-1d")


class City:
    """Two institutions, their boxes and the bureau's page, at moments that only go on."""

    def __init__(self, client: WebClient, other: WebClient) -> None:
        self.now = NOON
        self.schools = {
            "晨光幼兒園": institution("K1", name="晨光幼兒園"),
            "向陽國小": institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY"),
        }
        hours.template(weekly=hours.every_day(["08:00", "16:00"]))
        self.boxes = {name: Talking(client, SigningBox(of), "") for name, of in self.schools.items()}
        people.bureau_officer()
        self._bureau = other
        # Cameras of today owe no days, so that the page is not full of what is no matter here.
        db.session.execute(update(Camera).values(active_from=clock.today()))
        db.session.commit()
        self.k1 = self.schools["晨光幼兒園"]
        self.handler = acting(people.handler(self.k1.tenant_id), Role.HANDLER)
        self.head = acting(people.head(self.k1.tenant_id), Role.HEAD)

    def tell(self, name: str = "晨光幼兒園", **wrong: Any) -> None:  # noqa: ANN401 - parts of a heartbeat
        """A box's word: what is wrong of its first camera, the others as they should be."""
        until = microseconds(self.now - 10 * _SECOND)
        usual = {"recording": True, "recorded_until_us": until, "picture": self.seen(), "clock": _clock()}
        cameras = [
            {**usual, "camera_id": str(camera_id), **(wrong if code == "C-GATE" else {})}
            for code, camera_id in self.schools[name].cameras.items()
        ]
        assert self.boxes[name].post("/heartbeats", beat(*cameras)).status_code == 200

    def seen(self, *faults: str) -> dict[str, object]:
        """What a box measured of a picture just now."""
        numbers = {"brightness": 110, "contrast": 40, "sharpness": 300, "likeness": 97, "reference_us": None}
        return {"taken_us": microseconds(self.now), **numbers, "faults": list(faults)}

    def watch(self) -> None:
        """The service's looks of this moment, at each institution."""
        for of in self.schools.values():
            upkeep_jobs.look_for_faults(tenant_id=str(of.tenant_id))

    def morning(self, *, silent: bool = False, **wrong: Any) -> list[str]:  # noqa: ANN401 - as above
        """Go on to the next morning at 07:40, as the boxes then speak; each thing to do on the bureau's page."""
        self.now = clock.day_start(clock.civil_day(self.now) + _DAY) + timedelta(hours=7, minutes=40)
        self.tell("向陽國小")
        for name, of in self.schools.items():
            if not (silent and of is self.k1):
                _recorded(of, self.boxes[name].box.device_id, self.now)
        if not silent:
            self.tell(**wrong)
        self.watch()
        for of in self.schools.values():
            compliance_jobs.take_now(tenant_id=str(of.tenant_id))
            compliance_jobs.take_findings(tenant_id=str(of.tenant_id))
        page = self._bureau.sign_in("bureau").get("/bureau/").text
        return [_plain(each) for each in page[page.index("現在該做什麼") :].split("</section>")[0].split("<li")[1:]]

    def brings_all(self) -> None:
        """The box is back, with the footage of all the days."""
        self.tell()
        midnight, device_id = clock.day_start(clock.civil_day(self.now)), self.boxes["晨光幼兒園"].box.device_id
        _recorded(self.k1, device_id, clock.day_start(clock.civil_day(NOON) + _DAY), since=NOON - 90 * _SECOND)
        for back in range(6):
            _recorded(self.k1, device_id, midnight - back * _DAY)
        _recorded(self.k1, device_id, self.now.replace(hour=2, minute=5))

    def explain(self) -> None:
        """A person says why seconds are missing: of a key that was not there nothing can be fetched."""
        self.tell()
        bind(db.session, Binding(tenant_id=self.k1.tenant_id))
        fault = db.session.scalars(select(Fault).where(Fault.tenant_id == self.k1.tenant_id)).one()
        owed = settling.unsettled_of(tenant_id=self.k1.tenant_id, fault=fault, now=self.now)
        word = Word(reason=GapReason.OTHER, words="金鑰未送達")
        about = {"tenant_id": self.k1.tenant_id, "fault_id": fault.id}
        settling.settle(actor=self.handler, keys=[each.key for each in owed], word=word, **about)
        db.session.commit()

    def mend(self) -> None:
        """At ten: taken up and repaired; the box sees that it is right; somebody else looks; ended."""
        self.now = self.now.replace(hour=2, minute=0)
        bind(db.session, Binding(tenant_id=self.k1.tenant_id))
        (fault_id,) = db.session.scalars(select(Fault.id).where(Fault.tenant_id == self.k1.tenant_id)).all()
        about = {"tenant_id": self.k1.tenant_id, "fault_id": fault_id}
        steps.report(actor=self.handler, cause="人為", words="", **about)
        steps.repair(actor=self.handler, cause="人為", manner="已排除", **about)
        db.session.commit()
        self.now += 5 * _MINUTE
        self.tell()
        bind(db.session, Binding(tenant_id=self.k1.tenant_id))
        steps.recheck(actor=self.head, works=True, words="", **about)
        steps.close(actor=self.handler, **about)
        db.session.commit()


def _clock(offset_ms: int = 0) -> dict[str, int]:
    return {"offset_ms": offset_ms, "bound_ms": 600, "age_s": 30}


def _recorded(of: Institution, device_id: UUID, now: datetime, *, since: datetime | None = None) -> None:
    """Both cameras' footage of a day until a moment."""
    bind(db.session, Binding(tenant_id=of.tenant_id))
    begins = since or clock.day_start(clock.civil_day(now - _MINUTE))
    for camera in of.cameras:
        seconds = round((now - begins).total_seconds())
        footage.segment(of, device_id=device_id, camera=camera, started_at=begins, seconds=seconds)


def _plain(html: str) -> str:
    words, is_tag = [], False
    for letter in "<" + html:
        is_tag = letter == "<" or (is_tag and letter != ">")
        words.append("" if is_tag or letter == ">" else letter)
    return " ".join("".join(words).split())


@pytest.fixture
def city(
    web_client: WebClient, other_client: WebClient, domain: Flask, monkeypatch: pytest.MonkeyPatch
) -> Iterator[City]:
    monkeypatch.setattr(job_wrapper, "worker_app", lambda: domain)
    with patch.object(clock, "now", lambda: NOON):
        made = City(web_client, other_client)
    with patch.object(clock, "now", lambda: made.now):
        yield made


def told_of(lines: list[str], kind: FaultKind) -> str:
    """The one line that tells of the kind; none tells of any other, and none of a camera that merely stopped."""
    (line,) = [each for each in lines if KIND_NAMES[kind] in each]
    others = [KIND_NAMES[other] for other in FaultKind if other is not kind]
    assert not [each for each in lines for name in (*others, "未在錄影", "從未回報") if name in each]
    return line


def is_over(lines: list[str]) -> bool:
    """Nothing is told of a fault, of silence or of recording that stopped."""
    names = (*KIND_NAMES.values(), "報修-", "未在錄影", "停止回報", "沒有連線")
    return not [line for line in lines for name in names if name in line]


@pytest.mark.req("KH-3-8")
def test_a_camera_that_is_covered_with_a_bag(city: City) -> None:
    city.tell(picture=city.seen("blocked"))
    city.watch()
    line = told_of(city.morning(picture=city.seen("blocked")), FaultKind.BLOCKED)
    assert line.startswith(f"晨光幼兒園：C-GATE：畫面被遮住（{SERIAL}）")
    assert "已 1 日" in line
    assert "要點第八點第一款" in line
    city.mend()
    assert is_over(city.morning())


@pytest.mark.req("KH-3-10")
def test_a_clock_that_is_seventy_seconds_off(city: City) -> None:
    city.tell(clock=_clock(70_000))
    city.watch()
    line = told_of(city.morning(clock=_clock(70_000)), FaultKind.CLOCK)
    assert line.startswith(f"晨光幼兒園：C-GATE：時間不準（{SERIAL}）")
    city.mend()
    assert is_over(city.morning())


@pytest.mark.req("KH-5-3b", "DR-31")
def test_a_day_whose_key_a_box_does_not_have(city: City) -> None:
    lacks = {"recording": False, "recorded_until_us": microseconds(NOON - _MINUTE), "fault": "no_day_key"}
    city.tell(**lacks)
    city.watch()
    line = told_of(city.morning(**lacks), FaultKind.KEY)
    assert line.startswith(f"晨光幼兒園：C-GATE：缺少當日的加密金鑰（{SERIAL}）")
    city.explain()
    city.mend()
    assert is_over(city.morning())


@pytest.mark.req("DR-31", "DR-34")
def test_a_school_that_is_silent_for_a_week(city: City) -> None:
    city.tell()
    first = told_of(city.morning(silent=True), FaultKind.BOX_OR_SWITCH)
    assert first.startswith(f"晨光幼兒園：邊緣主機停止回報；交換器或主機（{SERIAL}）")
    assert "已 19 時" in first
    for _ in range(6):
        lines = city.morning(silent=True)
    line = told_of(lines, FaultKind.BOX_OR_SWITCH)
    assert line.startswith("請優先處理：晨光幼兒園：邊緣主機：自")
    assert f"起沒有連線；交換器或主機（{SERIAL}）" in line
    assert "已 7 日" in line
    assert not [each for each in lines if "停止回報" in each], "one failure is one matter"
    city.brings_all()
    city.mend()
    assert is_over(city.morning())
