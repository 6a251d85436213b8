"""What hands footage over: the one link, the one collection, the register's line."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.disclosures.official.finished_copies import copy_of, taken_in_person
from tenants.disclosures.official.leaving import Leaving, check_recipient
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.passphrases import forget_passphrase, kept
from tenants.disclosures.official.rules import LINK_LIFE, is_open, is_revoked
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.progress import finish, record, start
from tenants.disclosures.register import actions as register
from tenants.disclosures.register.actions import Line
from tenants.disclosures.register.rules import check_accessor
from tenants.disclosures.steps import Step
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.people.models import User
from tenants.registry import phones
from tenants.registry.models import Agency, Tenant

# The text an officer acknowledges (KH-6-5a); a package keeps which version it was.
DUTY_NOTICE_VERSION = "1"
DUTY_NOTICE = (
    "取得之監錄資料僅供公文所載目的之使用，其處理、保存及利用應遵守個人資料保護法相關規定，"
    "並應確保資料安全、防止外洩；用畢或依公文所載期限屆滿時，應予返還或銷毀。"
)


@dataclass(frozen=True, kw_only=True)
class IssuedLink:
    """A token shown once. It opens one package, once, for the officer it was issued to, until `expires_at`."""

    package_id: UUID
    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """簽收 (KH-6-5a): who takes the copy, and that the duty notice was read. `title` fills the register (KH-7-3)."""

    name: str
    title: str
    acknowledged: bool


def issue_link(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> IssuedLink:
    """A link for the signed-in officer of the asking agency; an earlier unused link dies.

    A copy that was opened again is for the officer who signed for it: it is one copy for one person (KH-6-5b). Of one
    that was taken in person nobody signed with an account, so any officer of the agency fetches it.
    """
    disclosure = start(OfficialRequest, Step.ISSUE_LINK, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    package = copy_of(disclosure)
    if not disclosure.copy_approved:
        raise NotAllowed("本案核准調閱，未核准複製，影像不能下載。請洽機構約定到場調閱時間。")
    if package.state != PackageState.READY:
        raise Invalid("影像尚未製作完成。請稍後再試。", code="not_ready")
    _check_open(package)
    if _signer(package) not in {None, actor.id}:
        raise NotAllowed("重新開放的影像只能由原簽收的承辦人領取。")
    token = secrets.token_urlsafe(32)
    package.link_hash = _hash(token)
    package.link_for = person(actor)
    package.link_expires_at = clock.now() + LINK_LIFE
    record(
        Step.ISSUE_LINK,
        actor=actor,
        disclosure=disclosure,
        package_id=str(package.id),
        expires_at=package.link_expires_at.isoformat(),
    )
    return IssuedLink(package_id=package.id, token=token, expires_at=package.link_expires_at)


def check_link(*, actor: Actor, tenant_id: UUID, package_id: UUID, token: str) -> Package:
    """The package that this officer may collect now with this token, changing nothing.

    Raises `NotFound` for another agency, `NotAllowed` for another officer, `Invalid` for a dead or used link.
    """
    package = package_for(actor=actor, tenant_id=tenant_id, package_id=package_id)
    _check_link(package, actor, token)
    return package


def package_for(*, actor: Actor, tenant_id: UUID, package_id: UUID) -> Package:
    """A package of the actor's own agency, collected or not. Raises `NotFound` for anybody else."""
    package = db.session.scalar(select(Package).where(Package.tenant_id == tenant_id, Package.id == package_id))
    if package is None or actor.agency_id is None or package.agency_id != actor.agency_id:
        raise NotFound
    return package


def collect(
    *, actor: Actor, tenant_id: UUID, package_id: UUID, token: str, receipt: Receipt, leaving: Leaving
) -> Package:
    """Take the package, once, by the officer of the link. Receipt, register line and audit in one transaction.

    Raises `Invalid` also when the agency's key is no longer the one for which `leaving` was prepared.
    """
    package = check_link(actor=actor, tenant_id=tenant_id, package_id=package_id, token=token)
    disclosure = start(
        OfficialRequest, Step.COLLECT, actor=actor, tenant_id=tenant_id, disclosure_id=package.disclosure_id
    )
    db.session.refresh(package, with_for_update=True)  # two windows of one browser: the second finds it collected
    _check_link(package, actor, token)
    check_receipt(receipt)
    check_recipient(leaving, agency_id=disclosure.agency_id)
    now = clock.now()
    line = _line(disclosure, package, receipt, now)
    package.leave_with(
        person(actor), at=now, address=actor.address, sealed_to=leaving.sealed_to, sealed_bytes=leaving.size
    )
    package.receipt_version = DUTY_NOTICE_VERSION
    disclosure.copy_is_outside_again()
    forget_passphrase(actor=actor, disclosure=disclosure, package_id=package.id)
    if leaving.passphrase is not None:
        db.session.flush()  # one waits at a time
        db.session.add(kept(leaving.passphrase, disclosure))
    register.enter(actor=actor, disclosure=disclosure, line=line)
    about = {"package_id": str(package.id), "sha256": package.sha256, "sealed_to": leaving.sealed_to or "passphrase"}
    finish(Step.COLLECT, actor=actor, disclosure=disclosure, **about)
    return package


def check_receipt(receipt: Receipt) -> None:
    """Raise `Invalid`, with the field, unless the receipt is whole (KH-6-5a, KH-7-3)."""
    if not receipt.acknowledged:
        raise Invalid("請先閱讀並同意個人資料保護義務，再簽收。", field="acknowledged")
    check_accessor(name=receipt.name, title=receipt.title)


def reason_of(disclosure: OfficialRequest, package: Package) -> str:
    """調閱原因; of a second hand-over, before it is noted, also that it is one and why there had to be one."""
    if package.collected_at is not None:
        return f"重新領取：{package.reopen_reason}"
    return disclosure.purpose or disclosure.duty


def _check_open(package: Package) -> None:
    if not is_open(package):
        at = db.session.get_one(Tenant, package.tenant_id)
        if is_revoked(package):
            raise Invalid(
                f"機構已撤銷影像的領取。請聯絡{at.name}的監錄系統管理承辦人（{phones.called(at.phone)}）。",
                code="revoked",
            )
        raise Invalid(
            "影像已簽收，不能重複領取。下載中斷時，請在案件頁面請求重新開放領取，"
            f"或聯絡{at.name}的監錄系統管理承辦人（{phones.called(at.phone)}）。",
            code="collected",
        )


def _check_link(package: Package, actor: Actor, token: str) -> None:
    _check_open(package)
    if package.link_for != actor.id:
        raise NotAllowed("這個連結是核發給另一位承辦人的。請由本人登入，或重新取得連結。")
    if not package.link_hash or not hmac.compare_digest(package.link_hash, _hash(token)):
        raise Invalid("連結無效或已被新的連結取代。請回到案件頁面重新取得連結。", code="bad_link")
    if package.link_expires_at is None or package.link_expires_at <= clock.now():
        raise Invalid("連結已逾時（有效15分鐘）。請回到案件頁面重新取得連結。", code="link_expired")


def _line(disclosure: OfficialRequest, package: Package, receipt: Receipt, at: datetime) -> Line:
    """The register's line of a collection; made before the collection is noted, as its reason is."""
    return Line(
        name=receipt.name,
        unit=db.session.get_one(Agency, disclosure.agency_id).name,
        title=receipt.title,
        started_at=at,
        ended_at=at,
        summary=f"{disclosure.serial} {reason_of(disclosure, package)}",
        operator=db.session.get_one(User, _let_out_by(disclosure, package)).name,
        copied=True,
    )


def _let_out_by(disclosure: OfficialRequest, package: Package) -> UUID | None:
    """系統操作承辦人 of a collection (KH-A2-07): whose act in this system let the copy out.

    Not who is named to accompany, but who approved the copy, and of a copy that was opened again who opened it.
    """
    return disclosure.decided_by if package.reopened_by is None else package.reopened_by


def _signer(package: Package) -> UUID | None:
    return None if taken_in_person(package) else package.collected_by


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
