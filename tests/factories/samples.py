"""Draws of an auditor, what institutions are to put right, and notices of a coming rule, as rows."""

from datetime import timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.compliance.rule_notices.models import RuleNotice
from tenants.compliance.sampling.models import AuditSample, ComplianceCase, SampledCase
from tenants.improvements.models import Improvement
from tests.factories.registry import Institution


def known_case(of: Institution, *, disclosure_id: UUID, serial: str = "調閱-115-0001") -> None:
    """That the bureau knows of a case. Bind to the institution before."""
    made = ComplianceCase(tenant_id=of.tenant_id, disclosure_id=disclosure_id, serial=serial, door="insider")
    made.filed_on, made.computed_at = clock.today(), clock.now()
    db.session.add(made)
    db.session.commit()


def drawn(of: Institution, *, disclosure_id: UUID, by: UUID) -> tuple[UUID, UUID]:
    """A draw of one case that nobody has opened: the sample's id and the case's. Bind to its owner before."""
    today, ids = clock.today(), (uuid4(), uuid4())
    sample = AuditSample(
        id=ids[0],
        tenant_id=of.tenant_id,
        serial=f"抽查-115-{uuid4().hex[:6]}",
        purpose="115年度內部稽核計畫",
        first_day=today - timedelta(days=365),
        last_day=today,
        door="",
        kind="",
        district="",
        strata="",
        asked=1,
        population=1,
        population_sha256="0" * 64,
        drawn_from=[],
        seed="0" * 64,
        seq=1,
        drawn_at=clock.now(),
        drawn_by=by,
    )
    db.session.add(sample)
    db.session.flush()
    row = SampledCase(id=ids[1], tenant_id=of.tenant_id, sample_id=ids[0], institution_id=of.tenant_id)
    row.disclosure_id, row.serial, row.place, row.stratum = disclosure_id, "調閱-115-0001", 1, ""
    db.session.add(row)
    db.session.commit()
    return ids


def improvement(
    of: Institution, *, disclosure_id: UUID, by: UUID, days: int = 14, answered_by: UUID | None = None
) -> UUID:
    """Something to be put right within so many days, answered where somebody did. Bind to the institution before."""
    made = Improvement(id=uuid4(), tenant_id=of.tenant_id, disclosure_id=disclosure_id, check="review")
    made.serial, made.sample_serial, made.case_serial = f"改善-115-{uuid4().hex[:6]}", "抽查-115-0001", "調閱-115-0001"
    made.article, made.finding = "要點第六點第四款", "備查複製本逾複查日，請完成複查並登記"
    made.due_on, made.asked_at, made.asked_by = clock.today() + timedelta(days=days), clock.now(), by
    if answered_by is not None:
        made.state, made.answer = "answered", "已完成複查並登記。"
        made.answered_at, made.answered_by = clock.now(), answered_by
    db.session.add(made)
    db.session.commit()
    return made.id


def rule_notice(of: Institution, *, schedule_id: UUID, by: UUID) -> None:
    """That an institution was told of a coming version. Bind to the institution before."""
    made = RuleNotice(tenant_id=of.tenant_id, schedule_id=schedule_id, sites=1, made_at=clock.now(), made_by=by)
    db.session.add(made)
    db.session.commit()
