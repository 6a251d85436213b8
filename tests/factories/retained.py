"""Copies for reference: as rows with history and certificate, and real ones of a request that was carried out."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from infra import age, clock
from infra.age_envelopes import to_recipient
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.official import actions
from tenants.disclosures.official.actions import Receipt
from tenants.disclosures.official.leaving import Leaving
from tenants.disclosures.packages.models import Package
from tenants.disclosures.retained import making
from tenants.disclosures.retained.models import CopyCertificate, CopyChange, RetainedCopy
from tenants.retention.models import HoldBasis
from tenants.retention.rules import Grounds
from tests.factories.evidence import ACTOR
from tests.factories.registry import Institution
from tests.factories.requests import Request

# What an extension of a copy rests on: that it is needed still, or another law.
NEEDED = Grounds(basis=HoldBasis.REQUEST, reference="", document="", necessity="")
BY_LAW = Grounds(basis=HoldBasis.OTHER_LAW, reference="檔案法第8條", document="高市教字第11500123號", necessity="")


def copy(of: Institution, *, package_id: UUID, **changes: object) -> UUID:
    """The copy of a case that was carried out, made just now; its review is in half a year unless told."""
    package = db.session.get_one(Package, package_id)
    said: dict[str, object] = {
        "oldest_at": clock.now() - timedelta(hours=1),
        "size": 1000,
        "sha256": "0" * 64,
        "form_sha256": "1" * 64,
        "recipient": "age1example",
        "wrapped_secret": b"sealed",
        "made_at": clock.now(),
        "review_on": clock.today() + timedelta(days=180),
    }
    made = RetainedCopy(id=package_id, tenant_id=of.tenant_id, disclosure_id=package.disclosure_id, **(said | changes))
    db.session.add(made)
    db.session.flush()
    db.session.add(_line(made, "made", at=made.made_at or clock.now()))
    db.session.commit()
    return made.id


def ended(of: Institution, *, package_id: UUID, reason: str = "無保存之必要") -> UUID:
    """One that was destroyed, with its certificate."""
    now = clock.now()
    over = {"ended_at": now, "end_reason": reason, "destroyed_at": now, "wrapped_secret": None}
    made = copy(of, package_id=package_id, **over)
    db.session.add(
        CopyCertificate(
            id=uuid4(),
            tenant_id=of.tenant_id,
            copy_id=made,
            number=f"銷毀-備查-{uuid4().hex[:8]}",
            oldest_on=clock.today(),
            certified_at=now,
            paper={
                "serial": "調閱-115-0001",
                "regulation": "監錄系統實施要點（高雄市政府教育局）",
                "articles": ["要點第六點第一項第四款"],
                "windows": [],
                "objects": 3,
                "decided_by": "校（園）長／負責人",
                "decided_at": now.isoformat(),
                "certified_at": now.isoformat(),
                "sha256": "0" * 64,
                "form_sha256": "1" * 64,
                "bytes": 1000,
            },
        )
    )
    db.session.commit()
    return made


def _line(made: RetainedCopy, step: str, *, at: datetime) -> CopyChange:
    same = ("tenant_id", "custodian", "place", "basis", "reference", "document", "review_on")
    line = CopyChange(id=uuid4(), copy_id=made.id, step=step, at=at, **{name: getattr(made, name) for name in same})
    line.by_name, line.found, line.reason = "factory", "", ""
    return line


def carried_out(request: Request) -> None:
    """The officer fetched the copy, so the register has its line; the session is bound to the institution again."""
    ids = {"actor": request.officer, "tenant_id": request.tenant_id}
    bind(db.session, Binding(tenant_id=request.tenant_id, agency_id=request.agency_id))
    link = actions.issue_link(**ids, disclosure_id=request.disclosure_id)
    receipt = Receipt(name="陳志明", title="偵查佐", acknowledged=True)
    sealed = to_recipient(age.new_identity(age.Kind.CLASSIC).recipient)
    leaving = Leaving(envelope=sealed, size=1000, recipient="", passphrase=None)
    actions.collect(**ids, package_id=link.package_id, token=link.token, receipt=receipt, leaving=leaving)
    db.session.commit()
    bind(db.session, Binding(tenant_id=request.tenant_id))


def made(request: Request, scratch: Path) -> RetainedCopy | None:
    """Make the copy as the job does, and commit it."""
    found = making.make_copy(
        actor=ACTOR,
        tenant_id=request.tenant_id,
        disclosure_id=request.disclosure_id,
        store=request.archive.store,
        kms=request.archive.kms,
        scratch=scratch,
        kind=request.archive.kind,
    )
    db.session.commit()
    return found


def closed(request: Request) -> None:
    """The case as it stands once it was answered and closed."""
    case = request.disclosure()
    case.replied_at, case.replied_by = clock.now(), request.handler.id
    case.reply_number, case.reply_date = "晨園字第1150000001號", clock.today()
    case.state, case.closed_at, case.closed_by = "closed", clock.now(), request.handler.id
    db.session.commit()
