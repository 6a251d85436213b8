"""Viewing sessions with what was opened and marked in them, and the PIN with which somebody is present at one."""

import sqlalchemy as sa
from alembic import op

from infra.rowsecurity import protect

revision = "0025"
down_revision: str | None = "0024"

# What was opened, marked and appointed is only ever added to.
GROW_ONLY = ("viewing_openings", "viewing_marks", "viewing_appointments")


def upgrade() -> None:
    op.add_column("users", sa.Column("pin_hash", sa.String(), nullable=False, server_default=""))
    op.add_column("users", sa.Column("pin_failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("users", sa.Column("pin_locked_until", sa.DateTime(timezone=True), nullable=True))
    for column in ("pin_hash", "pin_failures"):
        op.alter_column("users", column, server_default=None)
    _sessions()
    op.create_table(
        "viewing_openings",
        sa.Column("viewing_id", sa.Uuid(), nullable=False),
        sa.Column("window_id", sa.Uuid(), nullable=False),
        sa.Column("take", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        *_of_a_session("viewing_openings"),
    )
    op.create_index("ix_viewing_openings_window", "viewing_openings", ["tenant_id", "viewing_id", "window_id"])
    op.create_index(op.f("ix_viewing_openings_tenant_id"), "viewing_openings", ["tenant_id"], unique=False)
    op.create_table(
        "viewing_marks",
        sa.Column("viewing_id", sa.Uuid(), nullable=False),
        sa.Column("window_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by", sa.Uuid(), nullable=False),
        *_of_a_session("viewing_marks"),
        sa.CheckConstraint("note <> ''", name=op.f("ck_viewing_marks_note")),
        sa.ForeignKeyConstraint(["marked_by"], ["users.id"], name=op.f("fk_viewing_marks_marked_by")),
    )
    op.create_index("ix_viewing_marks_session", "viewing_marks", ["tenant_id", "viewing_id"], unique=False)
    op.create_index(op.f("ix_viewing_marks_tenant_id"), "viewing_marks", ["tenant_id"], unique=False)
    _appointments()
    protect("viewing_sessions")
    for table in GROW_ONLY:
        protect(table, rights="select, insert")


def downgrade() -> None:
    for table in ("viewing_appointments", "viewing_marks", "viewing_openings", "viewing_sessions"):
        op.drop_table(table)
    for column in ("pin_hash", "pin_failures", "pin_locked_until"):
        op.drop_column("users", column)


def _sessions() -> None:
    op.create_table(
        "viewing_sessions",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("viewer_code", sa.String(), nullable=False),
        sa.Column("viewer_name", sa.String(), nullable=False),
        sa.Column("viewer_unit", sa.String(), nullable=False),
        sa.Column("viewer_title", sa.String(), nullable=False),
        sa.Column("identity_by", sa.String(), nullable=False),
        sa.Column("notice_version", sa.String(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("companion_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pause_reason", sa.String(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(), nullable=False),
        sa.Column("viewer_signed", sa.String(), nullable=False),
        sa.Column("companion_signed", sa.Boolean(), nullable=False),
        sa.Column("breach_kind", sa.String(), nullable=False),
        sa.Column("breach_note", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("state in ('running', 'paused', 'ended')", name=op.f("ck_viewing_sessions_state")),
        sa.CheckConstraint(
            "viewer_name <> '' and viewer_unit <> '' and viewer_title <> ''", name=op.f("ck_viewing_sessions_viewer")
        ),
        sa.CheckConstraint("identity_by <> '' and notice_version <> ''", name=op.f("ck_viewing_sessions_checked")),
        sa.CheckConstraint(
            "state <> 'paused' or (paused_at is not null and pause_reason <> '')",
            name=op.f("ck_viewing_sessions_paused"),
        ),
        sa.CheckConstraint("(state = 'ended') = (ended_at is not null)", name=op.f("ck_viewing_sessions_ended")),
        sa.CheckConstraint("(state = 'ended') = (ending <> '')", name=op.f("ck_viewing_sessions_ending")),
        sa.CheckConstraint(
            "ending <> 'signed_off' or (companion_signed and viewer_signed <> '')",
            name=op.f("ck_viewing_sessions_signed"),
        ),
        sa.CheckConstraint("ending <> 'breach' or breach_kind <> ''", name=op.f("ck_viewing_sessions_breach")),
        sa.CheckConstraint("viewer_signed in ('', 'screen', 'paper')", name=op.f("ck_viewing_sessions_viewer_signed")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_viewing_sessions_tenant_id_disclosure_id"),
        ),
        sa.ForeignKeyConstraint(["operator_id"], ["users.id"], name=op.f("fk_viewing_sessions_operator_id")),
        sa.ForeignKeyConstraint(["companion_id"], ["users.id"], name=op.f("fk_viewing_sessions_companion_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["register_entries.id"], name=op.f("fk_viewing_sessions_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewing_sessions")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_viewing_sessions_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_viewing_sessions_tenant_id_code")),
    )
    op.create_index(op.f("ix_viewing_sessions_tenant_id"), "viewing_sessions", ["tenant_id"], unique=False)
    op.create_index(
        "uq_viewing_sessions_companion",
        "viewing_sessions",
        ["companion_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index(
        "uq_viewing_sessions_open",
        "viewing_sessions",
        ["tenant_id", "disclosure_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )


def _appointments() -> None:
    op.create_table(
        "viewing_appointments",
        sa.Column("disclosure_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("place <> ''", name=op.f("ck_viewing_appointments_place")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "disclosure_id"],
            ["disclosures.tenant_id", "disclosures.id"],
            name=op.f("fk_viewing_appointments_tenant_id_disclosure_id"),
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_viewing_appointments_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewing_appointments")),
    )
    op.create_index("ix_viewing_appointments_case", "viewing_appointments", ["tenant_id", "disclosure_id"])
    op.create_index(op.f("ix_viewing_appointments_tenant_id"), "viewing_appointments", ["tenant_id"], unique=False)


def _of_a_session(table: str) -> list[sa.schema.SchemaItem]:
    """What both tables that hang on a session have."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "viewing_id"],
            ["viewing_sessions.tenant_id", "viewing_sessions.id"],
            name=op.f(f"fk_{table}_tenant_id_viewing_id"),
        ),
        sa.ForeignKeyConstraint(["window_id"], ["disclosure_windows.id"], name=op.f(f"fk_{table}_window_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
