"""After a hand-over: what of the copy really left, and letting its officer fetch it again when the line broke."""

from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.official.finished_copies import copy_of, finished_copy
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.passphrases import forget_passphrase
from tenants.disclosures.official.rules import is_asked_again, is_open, is_revoked
from tenants.disclosures.packages.models import Package
from tenants.disclosures.progress import record, start
from tenants.disclosures.steps import Step
from tenants.errors import Invalid, NotAllowed, NotFound


def ask_reopening(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reason: str) -> Package:
    """下載中斷，請求重新開放領取: the officer who signed asks the institution, which decides.

    Asking twice changes nothing.
    Raises `Invalid` without a reason, while the copy is open and once it was taken back, `Halted` while it waits for
    the head, and `NotAllowed` for whoever did not sign for it.
    """
    disclosure = start(
        OfficialRequest, Step.ASK_REOPENING, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id
    )
    package = finished_copy(disclosure)
    if package.collected_by != actor.id:
        raise NotAllowed("重新開放領取，應由原簽收的承辦人請求。")
    if is_open(package):
        raise Invalid("影像已開放領取，請直接領取。", code="open_already")
    if is_revoked(package):
        raise Invalid("機構已撤銷這次交付，不能請求重新開放領取。請聯絡機構。", code="revoked")
    if is_asked_again(asked_at=package.reopening_asked_at, reopened_at=package.reopened_at):
        return package
    if not reason.strip():
        raise Invalid("請敘明下載中斷的情形，例如時間與錯誤訊息。", field="reason")
    package.reopening_asked_at, package.reopening_asked_why = clock.now(), reason.strip()
    record(
        Step.ASK_REOPENING,
        actor=actor,
        disclosure=disclosure,
        package_id=str(package.id),
        reason=package.reopening_asked_why,
    )
    return package


def reopen(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reason: str) -> Package:
    """重新開放領取: the officer who signed may fetch the same copy once more, with a new link and a new receipt.

    The first hand-over stays in the register as it is, and the next one gets a line of its own with this reason. This
    also ends a revocation; where nobody had signed yet, any officer of the agency may then fetch the copy.
    """
    disclosure = start(OfficialRequest, Step.REOPEN, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    if not reason.strip():
        raise Invalid("請敘明重新開放領取的理由，例如下載中斷的時間與承辦人的來電。", field="reason")
    package = finished_copy(disclosure)
    if is_open(package):
        raise Invalid("本案已開放領取，請等待承辦人領取。", code="open_already")
    package.reopened_at, package.reopened_by = clock.now(), person(actor)
    package.reopen_reason = reason.strip()
    package.end_link()
    forget_passphrase(actor=actor, disclosure=disclosure, package_id=package.id)
    record(Step.REOPEN, actor=actor, disclosure=disclosure, package_id=str(package.id), reason=package.reopen_reason)
    return package


def revoke(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reason: str) -> Package:
    """撤銷領取: the institution takes back what was offered, the link and an untold passphrase with it (KH-6-5b).

    What left already is not ours any more; without its passphrase nobody opens it. Raises `Invalid` without a reason,
    and when there is nothing to take back.
    """
    disclosure = start(OfficialRequest, Step.REVOKE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    if not reason.strip():
        raise Invalid("請敘明撤銷領取的理由。", field="reason")
    package = finished_copy(disclosure)
    forgotten = forget_passphrase(actor=actor, disclosure=disclosure, package_id=package.id)
    if not is_open(package) and not forgotten:
        raise Invalid("影像已交付或已撤銷，沒有可以撤銷的領取。", code="nothing_to_revoke")
    package.revoked_at, package.revoked_by, package.revoke_reason = clock.now(), person(actor), reason.strip()
    package.end_link()
    record(Step.REVOKE, actor=actor, disclosure=disclosure, package_id=str(package.id), reason=package.revoke_reason)
    return package


def close_offer(disclosure: OfficialRequest, *, actor: Actor, reason: str) -> None:
    """Take back whatever of the copy is on offer or being made, for the head's decision after a breach.

    The caller records the decision. Of what was collected only a passphrase that was not told goes.
    """
    package = copy_of(disclosure)
    forgotten = forget_passphrase(actor=actor, disclosure=disclosure, package_id=package.id)
    if is_open(package) or forgotten:
        package.revoked_at, package.revoked_by, package.revoke_reason = clock.now(), person(actor), reason
        package.end_link()


def record_sent(*, actor: Actor, tenant_id: UUID, package_id: UUID, sent: int) -> Package:
    """Note how many bytes of a package left for its officer, once the line is closed: all of them, or fewer.

    All means that the server in front took them, and not that they arrived.

    The receipt was signed before; this says whether the copy may have arrived, for who decides on opening it again.
    """
    package = db.session.scalar(select(Package).where(Package.tenant_id == tenant_id, Package.id == package_id))
    if package is None or actor.agency_id != package.agency_id:
        raise NotFound
    package.sent_bytes = sent
    disclosure = db.session.get_one(OfficialRequest, package.disclosure_id)
    audit.record(
        Event.PACKAGE_SENT if sent == package.sealed_bytes else Event.PACKAGE_CUT_OFF,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        package_id=str(package.id),
        serial=disclosure.serial,
        sent=sent,
        bytes=package.sealed_bytes,
    )
    return package
