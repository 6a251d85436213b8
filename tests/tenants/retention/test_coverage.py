"""A certificate names the sites, cameras and regulations that the day's footage was of, and no others (DR-11)."""

from datetime import date, datetime
from uuid import UUID, uuid4

import pytest

from infra import clock
from infra.db import db
from tenants.actor import system
from tenants.errors import HeldByLaw
from tenants.registry.models import Camera, Site
from tenants.retention import coverage, destruction
from tenants.retention.models import Destruction
from tenants.retention.rules import DayAndClass
from tests.factories.evidence import Archive
from tests.factories.registry import Institution, period

ENGINE = system("destroy_day")
DAY = date(2026, 11, 5)
MORNING = datetime.fromisoformat("2026-11-05T10:00:00+08:00")

pytestmark = pytest.mark.usefixtures("agreed_clocks")


def school_beside(of: Institution, *, retention_days: int = 30) -> Institution:
    """A second site of the institution, under the other regulation, with one camera."""
    site_id, camera_id = uuid4(), uuid4()
    db.session.add(Site(id=site_id, tenant_id=of.tenant_id, code="K1E", name="晨光國小", profile="TY_ELEMENTARY"))
    db.session.flush()
    period(of.tenant_id, site_id, retention_days)
    camera = Camera(id=camera_id, tenant_id=of.tenant_id, site_id=site_id, code="E-GATE", name="國小校門")
    camera.zone, camera.active_from = "front_gate", date(2026, 1, 1)
    db.session.add(camera)
    db.session.commit()
    return Institution(of.tenant_id, site_id, {"E-GATE": camera_id})


def destroyed(archive: Archive, retention_days: int, today: date) -> Destruction:
    tenant_id: UUID = archive.of.tenant_id
    begun = destruction.begin_destruction(
        actor=ENGINE,
        tenant_id=tenant_id,
        of=DayAndClass(day=DAY, retention_days=retention_days),
        now=clock.day_start(today),
    )
    db.session.commit()
    return destruction.certify_destruction(
        actor=ENGINE, tenant_id=tenant_id, destruction_id=begun.id, store=archive.store
    )


@pytest.mark.req("DR-11", "KH-5-4a")
def test_each_class_is_certified_for_its_own_site_under_its_own_regulation(archive: Archive) -> None:
    school = Archive(school_beside(archive.of), archive.store, archive.kms)
    archive.record(MORNING)
    school.record(MORNING, camera="E-GATE", retention_days=30)

    of_preschool = destroyed(archive, 14, date(2026, 11, 20))
    of_school = destroyed(archive, 30, date(2026, 12, 6))

    assert (of_preschool.profile_version, of_school.profile_version) == ("KH_PRESCHOOL 1", "TY_ELEMENTARY 1")
    first, second = of_preschool.certificate, of_school.certificate
    assert first is not None
    assert second is not None
    assert (first["sites"], first["articles"]) == (["晨光幼兒園"], ["要點第五點第四款"])
    assert (second["sites"], second["articles"]) == (["晨光國小"], ["計畫肆、四"])
    assert second["regulations"] == ["國民小學監視錄影系統管理實施計畫"]
    assert [(each["site"], each["code"], each["name"]) for each in second["cameras"]] == [
        ("晨光國小", "E-GATE", "國小校門")
    ]


def test_a_day_without_footage_is_of_the_sites_that_keep_so_long(archive: Archive) -> None:
    school_beside(archive.of)
    archive.key(DAY)
    archive.key(DAY, retention_days=30)

    assert destroyed(archive, 30, date(2026, 12, 6)).profile_version == "TY_ELEMENTARY 1"
    assert [site.name for site in _covered(archive, 14)] == ["晨光幼兒園"]
    assert [site.name for site in _covered(archive, 60)] == ["晨光幼兒園", "晨光國小"], "nobody keeps so long any more"


@pytest.mark.req("KH-5-3c", "TY-4-3b")
def test_footage_in_a_shorter_class_than_its_sites_waits_for_the_sites_own_day(archive: Archive) -> None:
    """A box that was told another class makes nothing go early: what is destroyed too early never comes back."""
    school = Archive(school_beside(archive.of), archive.store, archive.kms)
    archive.record(MORNING)
    school.record(MORNING, camera="E-GATE", retention_days=14)

    with pytest.raises(HeldByLaw, match="至少應保存30日"):
        destroyed(archive, 14, date(2026, 12, 5))
    assert destroyed(archive, 14, date(2026, 12, 6)).segments == 2


@pytest.mark.req("DR-11", "KH-5-3c")
def test_a_sites_longer_days_do_not_keep_anothers_footage(archive: Archive) -> None:
    school_beside(archive.of)
    archive.record(MORNING)
    assert destroyed(archive, 14, date(2026, 11, 20)).segments == 1


@pytest.mark.req("DR-11")
def test_what_is_kept_is_told_by_site_and_camera(archive: Archive) -> None:
    school = Archive(school_beside(archive.of), archive.store, archive.kms)
    archive.record(MORNING, camera="C-ROOM2")
    school.record(MORNING, camera="E-GATE", retention_days=30)

    found = coverage.kept_places(tenant_id=archive.of.tenant_id, first=DAY, last=DAY)

    assert [(place.site, place.code) for place in found[(DAY, 14)]] == [("晨光幼兒園", "C-ROOM2")]
    assert [(place.site, place.code) for place in found[(DAY, 30)]] == [("晨光國小", "E-GATE")]


def _covered(archive: Archive, retention_days: int) -> list[Site]:
    return coverage.sites_covered(tenant_id=archive.of.tenant_id, day=DAY, retention_days=retention_days)
