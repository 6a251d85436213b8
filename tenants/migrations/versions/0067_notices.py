"""Mails to be told, what was told at once, what rose; wishes of people and the addresses of their calendars."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import USER, also_readable, protect

revision = "0067"
down_revision: str | None = "0066"

OWNED = ("notice_mails", "notice_told", "notice_rises")


def upgrade() -> None:
    _mails()
    _told()
    _wishes()
    for table in OWNED:
        if table != "notice_told":
            op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
        protect(table, **({"rights": "select, insert"} if table == "notice_told" else {}))
    # Written by the person alone. Read by whoever tells them, of whichever institution; and by the calendar that comes
    # with a secret, before anybody knows whose it is: here the secret is a hash.
    for table in ("notice_wishes", "calendar_feeds"):
        protect(table, using=USER)
        also_readable(table, name="told", using="true")


def downgrade() -> None:
    for table in ("calendar_feeds", "notice_wishes", *reversed(OWNED)):
        op.drop_table(table)


def _mails() -> None:
    op.create_table(
        "notice_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("civil_day", sa.Date(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *(_moment(name) for name in ("planned_at", "send_after")),
        _moment("must_by", nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        _moment("ended_at", nullable=True),
        sa.CheckConstraint("what in ('digest', 'at_once')", name=op.f("ck_notice_mails_what")),
        sa.CheckConstraint(
            "state in ('waiting', 'sent', 'refused', 'failed', 'no_address', 'left', 'overtaken')",
            name=op.f("ck_notice_mails_state"),
        ),
        sa.CheckConstraint("(ended_at is null) = (state = 'waiting')", name=op.f("ck_notice_mails_ended")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notice_mails_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_mails")),
    )
    digest = {"unique": True, "postgresql_where": sa.text("what = 'digest'")}
    op.create_index("uq_notice_mails_digest", "notice_mails", ["tenant_id", "user_id", "civil_day"], **digest)
    waiting = {"postgresql_where": sa.text("state = 'waiting'")}
    op.create_index("ix_notice_mails_waiting", "notice_mails", ["tenant_id", "send_after"], **waiting)
    op.create_index("ix_notice_mails_planned", "notice_mails", ["tenant_id", "planned_at"])


def _told() -> None:
    op.create_table(
        "notice_told",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        _moment("told_at"),
        sa.PrimaryKeyConstraint("tenant_id", "kind", "subject", name=op.f("pk_notice_told")),
    )
    op.create_table(
        "notice_rises",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("level in ('head', 'bureau')", name=op.f("ck_notice_rises_level")),
        sa.UniqueConstraint(
            "tenant_id",
            "kind",
            "subject",
            "due_on",
            "level",
            name=op.f("uq_notice_rises_tenant_id_kind_subject_due_on_level"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_rises")),
    )
    opened = {"postgresql_where": sa.text("ended_on is null")}
    op.create_index("ix_notice_rises_open", "notice_rises", ["tenant_id"], **opened)


def _wishes() -> None:
    op.create_table(
        "notice_wishes",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        _moment("said_at"),
        sa.CheckConstraint(
            "quiet_from between 18 and 22 and quiet_until between 6 and 8", name=op.f("ck_notice_wishes_bounds")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notice_wishes_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_wishes")),
    )
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        _moment("made_at"),
        _moment("revoked_at", nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendar_feeds_token_hash")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
    )
    current = {"unique": True, "postgresql_where": sa.text("revoked_at is null")}
    op.create_index("uq_calendar_feeds_current", "calendar_feeds", ["user_id"], **current)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
