"""How a copy leaves and is taken back: to a key, under a passphrase that is told once, or not at all (KH-6-5b)."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from infra import age, clock
from infra.db import db
from infra.kms import FileKms, create_master_key
from infra.mail import Mail
from tenants.audit.models import AuditEvent
from tenants.disclosures import notices
from tenants.disclosures.models import Halt, HaltCause
from tenants.disclosures.official import actions, in_person
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.actions import Medium
from tenants.disclosures.official.leaving import prepare
from tenants.disclosures.official.models import MediumKind, OfficialRequest
from tenants.disclosures.official.passphrases import Wrapped, drawn, wrapped
from tenants.disclosures.packages.models import HandoverPassphrase, Package
from tenants.disclosures.steps import Step
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.people.models import User
from tests.factories import people
from tests.tenants.disclosures.conftest import Scene
from tests.tenants.disclosures.test_handover import collect, leaving, link, ready

pytestmark = pytest.mark.req("KH-6-5b")
WORDS = "0123-4567-8901-2345-6789-0123"
WHY = "來文機關來電撤回"


@pytest.fixture
def kms(tmp_path: Path) -> FileKms:
    create_master_key(tmp_path / "master.key")
    return FileKms(tmp_path / "master.key")


@pytest.fixture
def waiting(scene: Scene) -> OfficialRequest:
    """A case whose copy is ready."""
    disclosure = scene.decide(scene.file())
    ready(scene, disclosure).size = 1000
    db.session.commit()
    return disclosure


def fetch(scene: Scene, disclosure: OfficialRequest, kms: FileKms) -> Package:
    """Its officer takes it, under the passphrase above."""
    issued = link(scene, disclosure)
    kept = wrapped(WORDS, tenant_id=scene.school.tenant_id, kms=kms)
    package = collect(scene, issued, by=leaving(passphrase=kept))
    db.session.commit()
    return package


def show(scene: Scene, disclosure: OfficialRequest, kms: FileKms) -> str:
    scene.at_school()
    words = actions.show_passphrase(
        actor=scene.handler, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, kms=kms
    )
    db.session.commit()
    return words


def revoke(scene: Scene, disclosure: OfficialRequest, reason: str = WHY) -> Package:
    scene.at_school()
    package = actions.revoke(
        actor=scene.handler, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, reason=reason
    )
    db.session.commit()
    return package


def reopen(scene: Scene, disclosure: OfficialRequest) -> None:
    scene.at_school()
    actions.reopen(
        actor=scene.handler, tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id, reason="再次開放"
    )
    db.session.commit()


def secrets_of(scene: Scene) -> list[bytes | None]:
    scene.at_school()
    db.session.expire_all()
    return list(db.session.scalars(select(HandoverPassphrase.wrapped_secret).order_by(HandoverPassphrase.made_at)))


def test_passphrases_are_drawn_and_never_the_same() -> None:
    found = {drawn() for _ in range(50)}

    assert len(found) == 50
    assert all(len(words) == len(WORDS) and words.replace("-", "").isdigit() for words in found)


def test_a_passphrase_is_shown_once_to_the_institution_and_then_nobody_has_it(
    scene: Scene, waiting: OfficialRequest, kms: FileKms
) -> None:
    fetch(scene, waiting, kms)
    (kept,) = secrets_of(scene)
    assert kept is not None
    assert WORDS.encode() not in kept

    assert show(scene, waiting, kms) == WORDS

    assert secrets_of(scene) == [None]
    with pytest.raises(Invalid, match="通行碼已顯示過或已作廢"):
        show(scene, waiting, kms)
    db.session.rollback()
    events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()
    assert events[-1].event == "disclosure:passphrase_shown"
    assert WORDS not in str([event.fields for event in events])


def test_the_agency_is_not_shown_a_passphrase(scene: Scene, waiting: OfficialRequest, kms: FileKms) -> None:
    fetch(scene, waiting, kms)
    scene.at_agency()
    with pytest.raises(NotAllowed):
        actions.show_passphrase(
            actor=scene.officer, tenant_id=scene.school.tenant_id, disclosure_id=waiting.id, kms=kms
        )
    case = official.agency_case(agency_id=scene.agency_id, tenant_id=scene.school.tenant_id, disclosure_id=waiting.id)
    assert not case.passphrase_waits


def test_no_mail_of_a_case_has_a_passphrase_or_a_token(scene: Scene, waiting: OfficialRequest, kms: FileKms) -> None:
    issued = link(scene, waiting)
    collect(scene, issued, by=leaving(passphrase=wrapped(WORDS, tenant_id=scene.school.tenant_id, kms=kms)))
    db.session.commit()
    scene.at_school()
    for each in (scene.head, scene.handler, scene.officer):
        assert each.id is not None
        db.session.get_one(User, each.id).email = f"{each.id.hex}@example.org"
    # So that there is something to tell of a halt as well.
    case = db.session.get_one(OfficialRequest, waiting.id)
    case.halted_at, case.halt, case.halt_cause = clock.now(), Halt.ALL, HaltCause.BREACH
    db.session.commit()
    sent: list[Mail] = []
    for step in notices.WORDS[notices.Door.OFFICIAL]:
        sent += notices.messages(
            tenant_id=scene.school.tenant_id, disclosure_id=waiting.id, step=step, base_url="https://x"
        )
    assert sent
    texts = [sentence for words in notices.WORDS[notices.Door.OFFICIAL].values() for sentence in words]

    for text in [*texts, *(mail.text for mail in sent)]:
        assert WORDS not in text
        assert issued.token not in text
        assert "/media/" not in text, "a mail leads to a page where somebody signs in, and to no copy"


def test_a_link_that_is_issued_anew_ends_the_passphrase_of_before(
    scene: Scene, waiting: OfficialRequest, kms: FileKms
) -> None:
    fetch(scene, waiting, kms)
    reopen(scene, waiting)
    assert secrets_of(scene) == [None]

    fetch(scene, waiting, kms)

    first, second = secrets_of(scene)
    assert first is None
    assert second is not None


def test_of_a_medium_and_a_collection_only_the_later_passphrase_waits(
    scene: Scene, waiting: OfficialRequest, kms: FileKms
) -> None:
    of = scene.school.tenant_id
    scene.at_school()
    medium = Medium(kind=MediumKind.USB, serial="A-1")
    held = actions.prepare_medium(actor=scene.handler, tenant_id=of, disclosure_id=waiting.id, medium=medium)
    written = leaving(passphrase=wrapped(drawn(), tenant_id=of, kms=kms))
    in_person.take_out(actor=scene.handler, tenant_id=of, handover_id=held.id, leaving=written, sha256="a" * 64)
    db.session.commit()

    fetch(scene, waiting, kms)

    assert show(scene, waiting, kms) == WORDS


def test_a_copy_sealed_to_the_agencys_key_has_no_passphrase(
    scene: Scene, waiting: OfficialRequest, kms: FileKms
) -> None:
    identity = age.new_identity(age.Kind.CLASSIC)
    people.agency_key(scene.agency_id, recipient=identity.recipient)
    issued = link(scene, waiting)
    package = db.session.get_one(Package, issued.package_id)

    prepared = prepare(package=package, kms=kms)
    collect(scene, issued, by=prepared)
    db.session.commit()

    assert (prepared.recipient, prepared.passphrase) == (identity.recipient, None)
    assert (package.sealed_to, package.sealed_bytes) == (identity.recipient, prepared.size)
    assert secrets_of(scene) == []
    with pytest.raises(Invalid):
        show(scene, waiting, kms)


def test_a_key_that_waits_or_was_revoked_is_not_used(scene: Scene, waiting: OfficialRequest, kms: FileKms) -> None:
    people.agency_key(scene.agency_id, confirmed=False)
    issued = link(scene, waiting)
    package = db.session.get_one(Package, issued.package_id)

    prepared = prepare(package=package, kms=kms)

    assert prepared.recipient == ""
    assert isinstance(prepared.passphrase, Wrapped)


def test_a_key_that_changed_while_the_copy_was_prepared_stops_the_hand_over(
    scene: Scene, waiting: OfficialRequest
) -> None:
    issued = link(scene, waiting)
    with pytest.raises(Invalid, match="收件公鑰剛剛變更"):
        collect(scene, issued, by=leaving(recipient=age.new_identity(age.Kind.CLASSIC).recipient))
    db.session.rollback()

    scene.at_agency()
    collect(scene, issued)


def test_a_revoked_copy_is_fetched_by_nobody_until_it_is_opened_again(scene: Scene, waiting: OfficialRequest) -> None:
    issued = link(scene, waiting)
    package = revoke(scene, waiting)
    assert (package.link_hash, package.revoke_reason) == ("", WHY)
    scene.at_agency()
    for attempt in (lambda: collect(scene, issued), lambda: link(scene, waiting)):
        with pytest.raises(Invalid, match="機構已撤銷影像的領取") as refused:
            attempt()
        assert refused.value.code == "revoked"
        db.session.rollback()
    scene.at_school()
    case = official.case(tenant_id=scene.school.tenant_id, disclosure_id=waiting.id)
    assert (case.is_revoked, case.copy_is_open) == (True, False)
    assert not official.inbox(tenant_id=scene.school.tenant_id)[0].copy_waits

    reopen(scene, waiting)

    line = official.inbox(tenant_id=scene.school.tenant_id)[0]
    assert (line.copy_waits, line.reopened) == (True, False), "nobody has signed for it yet"
    collect(scene, link(scene, waiting))
    db.session.commit()


def test_revoking_after_the_hand_over_ends_an_untold_passphrase(
    scene: Scene, waiting: OfficialRequest, kms: FileKms
) -> None:
    fetch(scene, waiting, kms)

    revoke(scene, waiting)

    assert secrets_of(scene) == [None]
    with pytest.raises(Invalid):
        show(scene, waiting, kms)
    db.session.rollback()
    with pytest.raises(Invalid, match="沒有可以撤銷的領取") as nothing:
        revoke(scene, waiting)
    assert nothing.value.code == "nothing_to_revoke"


def test_a_revocation_has_its_reason_and_is_the_institutions(scene: Scene, waiting: OfficialRequest) -> None:
    with pytest.raises(Invalid, match="理由"):
        revoke(scene, waiting, " ")
    scene.at_agency()
    with pytest.raises(NotAllowed):
        actions.revoke(actor=scene.officer, tenant_id=scene.school.tenant_id, disclosure_id=waiting.id, reason=WHY)
    with pytest.raises(NotFound):
        actions.revoke(actor=scene.handler, tenant_id=scene.school.tenant_id, disclosure_id=uuid4(), reason=WHY)


def test_a_case_whose_copy_was_revoked_can_be_closed(scene: Scene, waiting: OfficialRequest) -> None:
    revoke(scene, waiting)
    ids = {"actor": scene.handler, "tenant_id": scene.school.tenant_id, "disclosure_id": waiting.id}
    actions.record_reply(**ids, reply_number="晨園字第1150000001號", reply_date=clock.today())  # type: ignore[arg-type]

    assert actions.close(**ids).state == "closed"  # type: ignore[arg-type]
    with pytest.raises(InvalidTransition):
        revoke(scene, waiting)
    assert Step.SHOW_PASSPHRASE.value in official.case(tenant_id=scene.school.tenant_id, disclosure_id=waiting.id).steps
