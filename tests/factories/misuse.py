"""Cases of misuse or leakage: as said, and as rows."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.misuse.actions import Report
from tenants.misuse.models import (
    MeasureKind,
    MisuseCase,
    MisuseKind,
    MisuseMeasure,
    MisuseState,
    MisuseStatement,
    MisuseViewing,
)
from tests.factories.registry import Institution

WHAT = "家長群組出現疑似本園監視畫面的翻拍照片"


def report(**changes: object) -> Report:
    """A photo of the screen was seen an hour ago."""
    made = Report(
        kind=MisuseKind.LEAK, discovered_at=clock.now() - timedelta(hours=1), discovered_by="兔兔班教師", what=WHAT
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def case(of: Institution, *, reported_by: UUID) -> UUID:
    """An open case with a measure, as rows. Bind to the institution before."""
    made = MisuseCase(
        id=uuid4(),
        tenant_id=of.tenant_id,
        serial=f"查處-115-{uuid4().hex[:6]}",
        kind=MisuseKind.LEAK,
        state=MisuseState.OPEN,
        discovered_at=clock.now(),
        discovered_by="兔兔班教師",
        reported_at=clock.now(),
        reported_by=reported_by,
        what=WHAT,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add(
        MisuseMeasure(
            id=uuid4(),
            tenant_id=of.tenant_id,
            misuse_id=made.id,
            kind=MeasureKind.INQUIRY,
            words="調閱稽核軌跡",
            noted_at=clock.now(),
            noted_by=reported_by,
        )
    )
    db.session.commit()
    return made.id


def restated(of: Institution, *, misuse_id: UUID, said_by: UUID) -> None:
    """知悉時間 said anew, as a row. Bind to the institution before."""
    row = MisuseStatement(tenant_id=of.tenant_id, misuse_id=misuse_id, said_by=said_by, incidents=["personal"])
    row.discovered_at = row.said_at = clock.now()
    row.reason = "更正"
    db.session.add(row)
    db.session.commit()


def linked(of: Institution, *, misuse_id: UUID, viewing_id: UUID, linked_by: UUID) -> None:
    """A viewing session that a case is about, as a row. Bind to the institution before."""
    row = MisuseViewing(tenant_id=of.tenant_id, misuse_id=misuse_id, viewing_id=viewing_id, linked_by=linked_by)
    row.linked_at = clock.now()
    db.session.add(row)
    db.session.commit()
