"""Cases to draw from, an auditor's draws with their cases, and what institutions are asked to put right."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect, rolled_up

revision = "0062"
down_revision: str | None = "0061"

CASES, SAMPLES, DRAWN, ITEMS = "compliance_cases", "audit_samples", "audit_sample_cases", "compliance_improvements"


def upgrade() -> None:
    _cases()
    _samples()
    _drawn()
    _items()
    for table in (SAMPLES, DRAWN, ITEMS):
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
    protect(CASES, rights="select, insert")
    protect(SAMPLES, rights="select, insert")
    protect(DRAWN)
    protect(ITEMS)
    for table in (CASES, ITEMS):
        rolled_up(table)


def downgrade() -> None:
    for table in (ITEMS, DRAWN, SAMPLES, CASES):
        op.drop_table(table)


def _cases() -> None:
    op.create_table(
        CASES,
        *_uuids("tenant_id", "disclosure_id"),
        *_texts("serial", "door"),
        sa.Column("filed_on", sa.Date(), nullable=False),
        *_moments("computed_at"),
        _to(CASES, "disclosures", "disclosure_id"),
        *_checks(CASES, door="door in ('official', 'insider')"),
        sa.PrimaryKeyConstraint("tenant_id", "disclosure_id", name=op.f(f"pk_{CASES}")),
    )
    op.create_index(op.f(f"ix_{CASES}_filed_on"), CASES, ["filed_on"], unique=False)


def _samples() -> None:
    op.create_table(
        SAMPLES,
        *_uuids("id", "tenant_id"),
        *_texts("serial", "purpose", "door", "kind", "district", "strata", "population_sha256", "seed"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("asked", "population", "seq")),
        sa.Column("drawn_from", postgresql.JSONB(), nullable=False),
        *_moments("drawn_at"),
        *_uuids("drawn_by"),
        sa.ForeignKeyConstraint(["drawn_by"], ["users.id"], name=op.f(f"fk_{SAMPLES}_drawn_by")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{SAMPLES}_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "serial", name=op.f(f"uq_{SAMPLES}_tenant_id_serial")),
        *_checks(
            SAMPLES,
            days="first_day <= last_day",
            strata="strata in ('', 'district', 'kind')",
            counts="asked > 0 and population > 0",
            purpose="purpose <> ''",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{SAMPLES}")),
    )


def _drawn() -> None:
    op.create_table(
        DRAWN,
        *_uuids("id", "tenant_id", "sample_id", "institution_id", "disclosure_id"),
        *_texts("serial", "stratum", "state", "opened_for", "note"),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=True),
        *(sa.Column(name, postgresql.JSONB(), nullable=False) for name in ("facts", "verdicts")),
        *_steps(DRAWN, "opened", "judged"),
        _to(DRAWN, SAMPLES, "sample_id"),
        sa.ForeignKeyConstraint(["institution_id"], ["tenants.id"], name=op.f(f"fk_{DRAWN}_institution_id")),
        sa.UniqueConstraint("tenant_id", "sample_id", "place", name=op.f(f"uq_{DRAWN}_tenant_id_sample_id_place")),
        sa.UniqueConstraint(
            "tenant_id", "sample_id", "disclosure_id", name=op.f(f"uq_{DRAWN}_tenant_id_sample_id_disclosure_id")
        ),
        *_checks(
            DRAWN,
            state="state in ('drawn', 'opened', 'judged')",
            opened="(opened_at is null) = (state = 'drawn')",
            judged="(judged_at is null) = (state <> 'judged')",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{DRAWN}")),
    )


def _items() -> None:
    op.create_table(
        ITEMS,
        *_uuids("id", "tenant_id", "disclosure_id"),
        *_texts("serial", "sample_serial", "case_serial", "check", "article", "finding", "state", "answer", "decision"),
        sa.Column("due_on", sa.Date(), nullable=False),
        *_moments("asked_at"),
        *_uuids("asked_by"),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f(f"fk_{ITEMS}_asked_by")),
        *_steps(ITEMS, "answered", "decided"),
        _to(ITEMS, "disclosures", "disclosure_id"),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{ITEMS}_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "serial", name=op.f(f"uq_{ITEMS}_tenant_id_serial")),
        *_checks(
            ITEMS,
            state="state in ('asked', 'answered', 'returned', 'accepted')",
            worded="finding <> '' and article <> ''",
            answered="state = 'asked' or answered_at is not null",
            decided="state not in ('returned', 'accepted') or decided_at is not null",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{ITEMS}")),
    )


def _uuids(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def _steps(table: str, *names: str) -> list[sa.schema.SchemaItem]:
    """Moments that may still lie ahead, each with its person."""
    return [
        item
        for name in names
        for item in (
            *_moments(f"{name}_at", nullable=True),
            sa.Column(f"{name}_by", sa.Uuid(), nullable=True),
            sa.ForeignKeyConstraint([f"{name}_by"], ["users.id"], name=op.f(f"fk_{table}_{name}_by")),
            *_checks(table, **{f"{name}_pair": f"({name}_at is null) = ({name}_by is null)"}),
        )
    ]


def _to(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{other}.tenant_id", f"{other}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _checks(table: str, **rules: str) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]
