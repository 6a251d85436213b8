"""The panel: its meetings, members and links, what it resolved, what was corrected, and schools that have one."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0014"
down_revision: str | None = "0013"

# What was resolved, corrected and adopted is only ever added to (KH-6-2h, KH-6-Pc).
GROW_ONLY = ("panel_resolutions", "panel_corrections", "panel_adoptions")


def upgrade() -> None:
    op.create_table(
        "panel_meetings",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("meets_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("voting_rule", sa.String(), nullable=False),
        sa.Column("convened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("convened_by", sa.Uuid(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("place <> ''", name=op.f("ck_panel_meetings_place")),
        sa.CheckConstraint("voting_rule in ('majority', 'consensus')", name=op.f("ck_panel_meetings_voting_rule")),
        sa.ForeignKeyConstraint(["convened_by"], ["users.id"], name=op.f("fk_panel_meetings_convened_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_panel_meetings_tenant_id_disclosure_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_meetings")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_panel_meetings_tenant_id_id")),
    )
    op.create_index("ix_panel_meetings_case", "panel_meetings", ["tenant_id", "disclosure_id"], unique=False)
    op.create_index(op.f("ix_panel_meetings_tenant_id"), "panel_meetings", ["tenant_id"], unique=False)
    op.create_table(
        "panel_members",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("capacity", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("seated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("conflict_note", sa.String(), nullable=False),
        sa.Column("secrecy_version", sa.String(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("opinion", sa.String(), nullable=False),
        sa.Column("opinion_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attendance", sa.String(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_because", sa.String(), nullable=False),
        sa.Column("untold", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(replaced_at is null) = (replaced_because = '')", name=op.f("ck_panel_members_replaced_because")
        ),
        sa.CheckConstraint(
            "attendance in ('', 'present', 'video', 'absent')", name=op.f("ck_panel_members_attendance")
        ),
        sa.CheckConstraint(
            "capacity in ('educator_rep', 'parent_rep', 'head', 'neutral')", name=op.f("ck_panel_members_capacity")
        ),
        sa.CheckConstraint(
            "capacity not in ('educator_rep', 'head') or user_id is not null",
            name=op.f("ck_panel_members_of_the_institution"),
        ),
        sa.CheckConstraint(
            "conflict_note = '' or replaced_at is not null", name=op.f("ck_panel_members_conflict_stands_down")
        ),
        sa.CheckConstraint(
            "secrecy_version = '' or declared_at is not null", name=op.f("ck_panel_members_signed_after_declaring")
        ),
        sa.CheckConstraint("user_id is not null or email <> ''", name=op.f("ck_panel_members_reachable")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["panel_meetings.tenant_id", "panel_meetings.id"],
            name=op.f("fk_panel_members_tenant_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_panel_members_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_members")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_panel_members_tenant_id_id")),
    )
    op.create_index(op.f("ix_panel_members_tenant_id"), "panel_members", ["tenant_id"], unique=False)
    op.create_index("ix_panel_members_user", "panel_members", ["tenant_id", "user_id"], unique=False)
    op.create_index(
        "uq_panel_members_email",
        "panel_members",
        ["tenant_id", "meeting_id", "email"],
        unique=True,
        postgresql_where=sa.text("replaced_at is null and email <> ''"),
    )
    op.create_index(
        "uq_panel_members_person",
        "panel_members",
        ["tenant_id", "meeting_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at is null and user_id is not null"),
    )
    op.create_table(
        "panel_links",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("code_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("code_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.Column("session_hash", sa.String(), nullable=False),
        sa.Column("session_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(code_hash = '') = (code_until is null)", name=op.f("ck_panel_links_code_pair")),
        sa.CheckConstraint("(session_hash = '') = (session_until is null)", name=op.f("ck_panel_links_session_pair")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["panel_members.tenant_id", "panel_members.id"],
            name=op.f("fk_panel_links_tenant_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_links")),
        sa.UniqueConstraint("tenant_id", "member_id", name=op.f("uq_panel_links_tenant_id_member_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_panel_links_token_hash")),
    )
    op.create_index(op.f("ix_panel_links_tenant_id"), "panel_links", ["tenant_id"], unique=False)
    op.create_table(
        "panel_resolutions",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("windows", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attendance", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("beyond_seconds", sa.Integer(), nullable=False),
        sa.Column("beyond_reason", sa.String(), nullable=False),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(beyond_seconds > 0) = (beyond_reason <> '')", name=op.f("ck_panel_resolutions_beyond_because")
        ),
        sa.CheckConstraint("decision = 'agree' or reasons <> ''", name=op.f("ck_panel_resolutions_reasoned")),
        sa.CheckConstraint("decision in ('agree', 'part', 'refuse')", name=op.f("ck_panel_resolutions_decision")),
        sa.CheckConstraint("minutes <> ''", name=op.f("ck_panel_resolutions_minutes")),
        sa.ForeignKeyConstraint(["resolved_by"], ["users.id"], name=op.f("fk_panel_resolutions_resolved_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_panel_resolutions_tenant_id_disclosure_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "meeting_id"],
            ["panel_meetings.tenant_id", "panel_meetings.id"],
            name=op.f("fk_panel_resolutions_tenant_id_meeting_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_resolutions")),
        sa.UniqueConstraint(
            "tenant_id", "disclosure_id", "number", name=op.f("uq_panel_resolutions_tenant_id_disclosure_id_number")
        ),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_panel_resolutions_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "meeting_id", name=op.f("uq_panel_resolutions_tenant_id_meeting_id")),
    )
    op.create_index(op.f("ix_panel_resolutions_tenant_id"), "panel_resolutions", ["tenant_id"], unique=False)
    op.create_table(
        "panel_corrections",
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("was", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_panel_corrections_reason")),
        sa.CheckConstraint(
            "said in ('present', 'video', 'absent') and said <> was", name=op.f("ck_panel_corrections_said")
        ),
        sa.ForeignKeyConstraint(["corrected_by"], ["users.id"], name=op.f("fk_panel_corrections_corrected_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["panel_members.tenant_id", "panel_members.id"],
            name=op.f("fk_panel_corrections_tenant_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "resolution_id"],
            ["panel_resolutions.tenant_id", "panel_resolutions.id"],
            name=op.f("fk_panel_corrections_tenant_id_resolution_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_corrections")),
    )
    op.create_index(
        "ix_panel_corrections_resolution", "panel_corrections", ["tenant_id", "resolution_id"], unique=False
    )
    op.create_index(op.f("ix_panel_corrections_tenant_id"), "panel_corrections", ["tenant_id"], unique=False)
    op.create_table(
        "panel_adoptions",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("meeting", sa.String(), nullable=False),
        sa.Column("meeting_on", sa.Date(), nullable=True),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_panel_adoptions_recorded_by")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"], name=op.f("fk_panel_adoptions_tenant_id_site_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_adoptions")),
        sa.UniqueConstraint(
            "tenant_id", "site_id", "effective_from", name=op.f("uq_panel_adoptions_tenant_id_site_id_effective_from")
        ),
    )
    op.create_index(op.f("ix_panel_adoptions_tenant_id"), "panel_adoptions", ["tenant_id"], unique=False)
    for table in ("panel_meetings", "panel_members", "panel_links"):
        protect(table)
    for table in GROW_ONLY:
        protect(table, rights="select, insert")


def downgrade() -> None:
    for table in ("panel_adoptions", "panel_corrections", "panel_resolutions", "panel_links", "panel_members"):
        op.drop_table(table)
    op.drop_table("panel_meetings")
