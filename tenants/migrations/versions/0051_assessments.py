"""Assessments of zones, what cameras rest on, second looks at washrooms' entrances, and attempts at forbidden places."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect, rolled_up

revision = "0051"
down_revision: str | None = "0050"

ASSESSMENTS, LINKS, REVIEWS, MOVES = "zone_assessments", "camera_assessments", "entrance_reviews", "camera_moves"
LEAVES, ATTEMPTS, FACTS, COUNTS = "playback_approvals", "place_attempts", "compliance_attempts", "compliance_zones"
GROUPS = "zone_group in ('outdoor_public', 'indoor_public', 'activity_room')"


def upgrade() -> None:
    op.create_table(
        ASSESSMENTS,
        *_ids("site_id", "recorded_by"),
        *_texts("zone", "place", "need", "decision", "reason", "assessor", "meeting", "privacy_note"),
        sa.Column("nappy_table", sa.Boolean(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        *_steps("noted", "confirmed", "withdrawn"),
        sa.CheckConstraint("(noted_at is null) = (privacy_note = '')", name=op.f("ck_zone_assessments_noted")),
        sa.CheckConstraint("decision in ('install', 'omit')", name=op.f("ck_zone_assessments_decision")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_zone_assessments_tenant_id_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "site_id"],
            ["sites.tenant_id", "sites.id"],
            name=op.f("fk_zone_assessments_tenant_id_site_id"),
        ),
        *_made(ASSESSMENTS),
    )
    op.create_table(
        LINKS,
        *_ids("camera_id", "assessment_id", "linked_by"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assessment_id"],
            ["zone_assessments.tenant_id", "zone_assessments.id"],
            name=op.f("fk_camera_assessments_tenant_id_assessment_id"),
        ),
        *_of_camera(LINKS),
    )
    op.create_table(
        REVIEWS,
        *_ids("camera_id", "reviewed_by"),
        *_texts("look", "seen", "set_up_by", "statement"),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_clear", sa.Boolean(), nullable=False),
        sa.CheckConstraint("look in ('on_site', 'installers_screen')", name=op.f("ck_entrance_reviews_look")),
        *_of_camera(REVIEWS),
    )
    op.create_table(
        MOVES,
        *_ids("camera_id"),
        *_texts("sign"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sign in ('picture', 'reference')", name=op.f("ck_camera_moves_sign")),
        *_of_camera(MOVES),
    )
    op.create_table(
        LEAVES,
        *_ids("camera_id", "approved_by"),
        *_texts("reason"),
        sa.Column("through", sa.Date(), nullable=False),
        *_of_camera(LEAVES),
    )
    _attempts()
    op.create_table(
        COUNTS,
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        *_texts("zone_group"),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("cameras", "unassessed", "unnoted", "unreviewed", "omitted")
        ),
        sa.CheckConstraint(GROUPS, name=op.f("ck_compliance_zones_zone_group")),
        sa.PrimaryKeyConstraint("tenant_id", "zone_group", name=op.f("pk_compliance_zones")),
    )
    for table in (ASSESSMENTS, LINKS, REVIEWS, MOVES, LEAVES, ATTEMPTS, FACTS):
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
    for table in (LINKS, REVIEWS, MOVES, LEAVES):
        op.create_index(f"ix_{table}_newest", table, ["tenant_id", "camera_id", "created_at"], unique=False)
    for table in (ASSESSMENTS, COUNTS):
        protect(table)
    for table in (LINKS, REVIEWS, MOVES, LEAVES, ATTEMPTS, FACTS):
        protect(table, rights="select, insert")
    for table in (FACTS, COUNTS):
        rolled_up(table)


def downgrade() -> None:
    for table in (COUNTS, FACTS, ATTEMPTS, LEAVES, MOVES, REVIEWS, LINKS, ASSESSMENTS):
        op.drop_table(table)


def _attempts() -> None:
    op.create_table(
        ATTEMPTS,
        *_ids("tried_by"),
        *_texts("typed"),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_place_attempts_tenant_id_id")),
        *_made(ATTEMPTS),
    )
    op.create_table(
        FACTS,
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "tenant_id")),
        *_texts("place", "zone", "way"),
        sa.Column("tried_on", sa.Date(), nullable=False),
        sa.CheckConstraint("way in ('form', 'import', 'assessment')", name=op.f("ck_compliance_attempts_way")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "id"],
            ["place_attempts.tenant_id", "place_attempts.id"],
            name=op.f("fk_compliance_attempts_tenant_id_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_attempts")),
    )
    op.create_index("ix_compliance_attempts_day", FACTS, ["tried_on"], unique=False)


def _ids(*names: str) -> tuple[sa.schema.SchemaItem, ...]:
    return tuple(sa.Column(name, sa.Uuid(), nullable=False) for name in ("tenant_id", *names))


def _texts(*names: str) -> tuple[sa.schema.SchemaItem, ...]:
    return tuple(sa.Column(name, sa.String(), nullable=False) for name in names)


def _steps(*names: str) -> tuple[sa.schema.SchemaItem, ...]:
    """What is done once: when and by whom, both or neither."""
    columns = [
        column
        for name in names
        for column in (
            sa.Column(f"{name}_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column(f"{name}_by", sa.Uuid(), nullable=True),
        )
    ]
    checks = [
        sa.CheckConstraint(f"({name}_at is null) = ({name}_by is null)", name=op.f(f"ck_zone_assessments_{name}_pair"))
        for name in names
    ]
    return (*columns, *checks)


def _made(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _of_camera(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["tenant_id", "camera_id"],
            ["cameras.tenant_id", "cameras.id"],
            name=op.f(f"fk_{table}_tenant_id_camera_id"),
        ),
        *_made(table),
    )
