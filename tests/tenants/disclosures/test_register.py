"""The access register: one book, numbers without holes, nothing changed afterwards."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from tenants.audit import queries as audit
from tenants.disclosures.official.actions import IssuedLink
from tenants.disclosures.register import queries as registers
from tenants.roc_dates import roc_year
from tests.factories.requests import document
from tests.tenants.disclosures.conftest import Scene
from tests.tenants.disclosures.test_handover import collect, link, ready


@pytest.mark.req("KH-7-2", "KH-7-5")
def test_register_numbers_have_no_holes_and_no_line_can_be_changed(scene: Scene) -> None:
    for number in ("高市警左分偵字第11571234501號", "高市警左分偵字第11571234502號"):
        disclosure = scene.decide(scene.file(scene.filing(document=document(number=number))))
        ready(scene, disclosure)
        issued = link(scene, disclosure)
        collect(scene, issued)
        db.session.rollback()  # a collection that failed gives its number back
        collect(scene, issued)
        db.session.commit()
    scene.at_school()

    entries = registers.volume(tenant_id=scene.school.tenant_id, roc_year=roc_year(clock.today()))

    assert [entry.number for entry in entries] == [1, 2]
    assert registers.years(tenant_id=scene.school.tenant_id) == [roc_year(clock.today())]
    entries[0].accessor_name = "別人"
    with pytest.raises(Exception, match="permission denied"):
        db.session.flush()
    db.session.rollback()


@pytest.mark.req("KH-7-2")
def test_two_lines_of_the_same_second_get_two_numbers_without_a_hole(
    scene: Scene, domain: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = ("高市警左分偵字第11571234501號", "高市警左分偵字第11571234502號")
    cases = [scene.decide(scene.file(scene.filing(document=document(number=number)))) for number in numbers]
    links = []
    for disclosure in cases:
        ready(scene, disclosure)
        links.append(link(scene, disclosure))
    now, together = clock.now(), Barrier(len(links))
    monkeypatch.setattr(clock, "now", lambda: now)

    def take(issued: IssuedLink) -> None:
        with domain.app_context():
            scene.at_agency()
            together.wait()
            collect(scene, issued)
            db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(len(links)) as threads:
        list(threads.map(take, links))

    scene.at_school()
    entries = registers.volume(tenant_id=scene.school.tenant_id, roc_year=roc_year(clock.today()))
    assert [(entry.number, entry.entered_at) for entry in entries] == [(1, now), (2, now)]
    assert {entry.disclosure_id for entry in entries} == {each.id for each in cases}
    assert audit.verify(tenant_id=scene.school.tenant_id) is None
