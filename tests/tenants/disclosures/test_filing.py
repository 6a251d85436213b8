"""An officer files: what is asked of the letter, and that the windows are kept from that moment on."""

import hashlib
import io
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from infra import age, clock, object_keys
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.asking import HOLD_MARGIN
from tenants.disclosures.official import actions
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.actions import NeedsConfirmation, Scan
from tenants.disclosures.official.documents import Classification, Element
from tenants.disclosures.official.models import Letter, OfficialRequest
from tenants.errors import DomainError, Invalid, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.retention.models import Hold, HoldWindow
from tests.factories import people
from tests.factories.registry import institution
from tests.factories.requests import NUMBER, document, scan
from tests.tenants.disclosures.conftest import Scene, actor_of, make_scene, officer_of


def refused(scene: Scene, **changes: object) -> DomainError:
    """The refusal of a filing, after which nothing at all was written."""
    scene.at_agency()
    with pytest.raises(DomainError) as raised:
        actions.file_request(
            actor=scene.officer,
            tenant_id=scene.school.tenant_id,
            filing=scene.filing(**changes),
            store=scene.store,
        )
    assert db.session.scalars(select(OfficialRequest)).all() == []
    assert db.session.scalars(select(Hold)).all() == []
    assert scene.shelf.objects == {}
    db.session.rollback()
    return raised.value


@pytest.mark.req("DR-01", "KH-6-1e")
def test_filing_preserves_every_window_with_a_margin_in_the_same_transaction(scene: Scene) -> None:
    windows = scene.window("C-GATE"), scene.window("C-ROOM2")

    disclosure = scene.file(scene.filing(*windows))

    held = db.session.scalars(select(HoldWindow).where(HoldWindow.hold_id == disclosure.hold_id)).all()
    assert {(w.camera_id, w.started_at, w.ended_at) for w in held} == {
        (w.camera_id, w.started_at - HOLD_MARGIN, w.ended_at + HOLD_MARGIN) for w in windows
    }
    assert disclosure.state == "submitted"


@pytest.mark.req("DR-01")
def test_an_incomplete_letter_preserves_too(scene: Scene) -> None:
    disclosure = scene.file(scene.filing(document=document(legal_basis=None, scope=None)))

    assert db.session.get_one(Hold, disclosure.hold_id).released_at is None
    case = official.agency_case(
        agency_id=scene.agency_id, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id
    )
    assert case.missing == (Element.LEGAL_BASIS, Element.SCOPE)


@pytest.mark.req("DR-01", "DR-06")
def test_when_the_audit_cannot_be_written_nothing_is_filed(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("audit")

    monkeypatch.setattr("tenants.audit.actions.record", broken)
    scene.at_agency()

    with pytest.raises(RuntimeError, match="audit"):
        actions.file_request(
            actor=scene.officer, tenant_id=scene.school.tenant_id, filing=scene.filing(), store=scene.store
        )

    db.session.rollback()
    assert db.session.scalars(select(OfficialRequest)).all() == []
    assert db.session.scalars(select(Hold)).all() == []


@pytest.mark.req("DR-10")
def test_a_case_keeps_the_regulation_and_version_of_the_day_of_filing(scene: Scene) -> None:
    disclosure = scene.file()

    assert (disclosure.profile, disclosure.profile_version) == ("KH_PRESCHOOL", "1")


def test_serials_count_per_institution_without_holes_even_after_a_failed_filing(scene: Scene) -> None:
    other = make_scene(institution("K2", name="青草幼兒園"))
    serials = [scene.file().serial]
    scene.at_agency()
    actions.file_request(
        actor=scene.officer,
        tenant_id=scene.school.tenant_id,
        filing=scene.filing(document=document(number="高市警左分偵字第11571234501號")),
        store=scene.store,
    )
    db.session.rollback()

    serials.append(scene.file(scene.filing(document=document(number="高市警左分偵字第11571234502號"))).serial)
    serials.append(other.file().serial)

    assert [serial.rsplit("-", 1)[1] for serial in serials] == ["0001", "0002", "0001"]


@pytest.mark.req("KH-6-1c", "DR-08")
def test_a_camera_of_another_school_is_refused_as_unknown(scene: Scene) -> None:
    other = institution("K2", name="青草幼兒園")
    foreign = replace(scene.window(), camera_id=other.cameras["C-GATE"])

    error = refused(scene, windows=(foreign,))

    assert "不屬於這個機構" in str(error)


@pytest.mark.req("KH-6-1f")
def test_an_impossible_window_is_refused_and_holds_nothing(scene: Scene) -> None:
    window = scene.window()

    error = refused(scene, windows=(replace(window, ended_at=window.started_at),), confirmed=True)

    assert isinstance(error, Invalid)
    assert error.field == "windows"


def _pdf(data: bytes) -> Scan:
    return Scan(file_name="a.pdf", stream=io.BytesIO(data))


@pytest.mark.req("KH-6-1b", "KH-7-3", "KH-6-1e")
def test_what_every_letter_has_is_mandatory(scene: Scene) -> None:
    faults: list[tuple[dict[str, object], str]] = [
        ({"document": document(duty="  ")}, "duty"),
        ({"document": document(number=" ")}, "document_number"),
        ({"document": document(subject="")}, "subject"),
        ({"officer_title": " "}, "officer_title"),
        ({"officer_name": ""}, "officer_name"),
        ({"officer_phone": ""}, "officer_phone"),
        ({"document": document(dated=clock.today() + timedelta(days=1))}, "document_date"),
        ({"scan": None}, "scan"),
        ({"scan": _pdf(b"")}, "scan"),
        ({"scan": _pdf(b"<html></html>")}, "scan"),
        ({"scan": _pdf(b"MZ" + bytes(999))}, "scan"),
    ]

    errors = [refused(scene, **changes) for changes, _ in faults]

    assert [error.field for error in errors if isinstance(error, Invalid)] == [field for _, field in faults]


@pytest.mark.req("KH-6-1e")
def test_the_scan_lies_in_the_store_encrypted_to_the_records_key(scene: Scene) -> None:
    upload = scan()

    disclosure = scene.file(scene.filing(scan=upload))

    letter = db.session.scalars(select(Letter).where(Letter.disclosure_id == disclosure.id)).one()
    cipher = scene.shelf.objects[object_keys.letter(tenant_id=scene.school.tenant_id, letter_id=letter.id)]
    upload.stream.seek(0)
    plain = upload.stream.read()
    assert plain not in cipher
    assert age.decrypt(cipher, scene.records_secret) == plain
    assert letter.sha256 == hashlib.sha256(plain).hexdigest()
    assert letter.pages == 1


@pytest.mark.req("KH-6-1e")
def test_a_classified_letter_leaves_no_scan_on_the_platform(scene: Scene) -> None:
    for grade in (Classification.CONFIDENTIAL, Classification.CLASSIFIED, Classification.UTMOST):
        error = refused(scene, document=document(classification=grade))
        assert "不得上傳" in str(error)

    classified = document(classification=Classification.CONFIDENTIAL)
    disclosure = scene.file(scene.filing(document=classified, scan=None))

    assert scene.shelf.objects == {}
    assert disclosure.classification == "密"


@pytest.mark.req("KH-6-1e")
def test_the_same_number_again_warns_and_links_in_any_spelling(scene: Scene) -> None:
    first = scene.file()
    typed = "高市警左分偵字第１１５７１２３４５００號"
    scene.at_agency()
    again = scene.filing(document=document(number=typed))

    with pytest.raises(NeedsConfirmation) as raised:
        actions.file_request(actor=scene.officer, tenant_id=scene.school.tenant_id, filing=again, store=scene.store)
    db.session.rollback()
    second = scene.file(replace(again, confirmed=True, scan=scan()))

    assert [caution.code for caution in raised.value.cautions] == ["duplicate_number"]
    assert first.serial in str(raised.value)
    assert second.document_number == typed
    scene.at_school()
    case = official.case(tenant_id=scene.school.tenant_id, disclosure_id=second.id)
    assert [line.id for line in case.linked] == [first.id]


@pytest.mark.req("KH-6-1c", "DR-08")
def test_one_letter_to_two_institutions_is_two_cases_each_seen_by_its_own(scene: Scene) -> None:
    other = make_scene(institution("K2", name="青草幼兒園"))
    other = replace(other, agency_id=scene.agency_id, officer=scene.officer)

    first, second = scene.file(), other.file()

    assert first.folded_number == second.folded_number == NUMBER
    scene.at_agency()
    ours = official.agency_case(agency_id=scene.agency_id, tenant_id=scene.school.tenant_id, disclosure_id=first.id)
    assert [line.id for line in ours.linked] == [second.id]
    bind(db.session, Binding(agency_id=scene.agency_id))
    assert {line.id for line in official.agency_cases(agency_id=scene.agency_id)} == {first.id, second.id}
    scene.at_school()
    assert official.case(tenant_id=scene.school.tenant_id, disclosure_id=first.id).linked == ()
    with pytest.raises(NotFound):
        official.case(tenant_id=scene.school.tenant_id, disclosure_id=second.id)


@pytest.mark.req("KH-6-1f")
def test_a_scope_of_everything_needs_a_second_look(scene: Scene) -> None:
    error = refused(scene, document=document(scope="全部鏡頭、整個月"))

    assert isinstance(error, NeedsConfirmation)
    assert [caution.code for caution in error.cautions] == ["broad_scope"]
    assert scene.file(scene.filing(document=document(scope="全部鏡頭、整個月"), confirmed=True)).state == "submitted"


@pytest.mark.req("KH-6-1a")
def test_an_agency_that_nobody_verified_cannot_file(scene: Scene) -> None:
    unverified = people.agency("某某保險公司", kind="other", verified=False)
    stranger = officer_of(unverified)
    scene.at_agency(unverified)

    with pytest.raises(NotAllowed, match="尚未經平台核定"):
        actions.file_request(actor=stranger, tenant_id=scene.school.tenant_id, filing=scene.filing(), store=scene.store)


@pytest.mark.req("KH-6-1a", "KH-6-1c")
def test_nobody_but_an_agencys_officer_files(scene: Scene) -> None:
    scene.at_school()

    for role in (Role.HEAD, Role.HANDLER, Role.STAFF, Role.BUREAU_OFFICER, Role.OPERATOR):
        with pytest.raises(NotAllowed):
            actions.file_request(
                actor=actor_of(uuid4(), role),
                tenant_id=scene.school.tenant_id,
                filing=scene.filing(),
                store=scene.store,
            )
