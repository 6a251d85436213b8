"""Designations, undertakings of secrecy, reviews of accounts, and departures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infra.rowsecurity import protect

revision = "0053"
down_revision: str | None = "0052"

RIGHTS = {
    "designations": "select, insert, update",
    "undertakings": "select, insert",
    "account_reviews": "select, insert, update",
    "account_verdicts": "select, insert",
    "departures": "select, insert, update",
}
# Who operates today was designated when the role began; of several, the first is asked for and all are one office.
DESIGNATE_HANDLERS = """
insert into designations (id, tenant_id, kind, office, contact_id, from_on, document, made_at, made_by, ending)
select gen_random_uuid(), tenant_id, case count(*) when 1 then 'person' else 'office' end,
       case count(*) when 1 then '' else '監錄系統管理單位' end,
       (array_agg(user_id order by granted_at, user_id))[1],
       (min(granted_at) at time zone 'Asia/Taipei')::date, '', min(granted_at),
       coalesce((array_agg(granted_by order by granted_at, user_id))[1], (array_agg(user_id order by granted_at, user_id))[1]),
       ''
from memberships where role = 'handler' and ended_at is null and begins_on is null and tenant_id is not null
group by tenant_id
"""


def upgrade() -> None:
    _designations()
    _undertakings()
    _reviews()
    _departures()
    for table in RIGHTS:
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
    op.execute("alter table memberships no force row level security")
    op.execute(DESIGNATE_HANDLERS)
    op.execute("alter table memberships force row level security")
    for table, rights in RIGHTS.items():
        protect(table, rights=rights)


def downgrade() -> None:
    for table in ("departures", "account_verdicts", "account_reviews", "undertakings", "designations"):
        op.drop_table(table)


def _designations() -> None:
    op.create_table(
        "designations",
        *_owned("designations"),
        *_texts("kind", "office", "document", "ending"),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        *_person("designations", "contact_id"),
        *_moment("designations", "made", known=False),
        *_moment("designations", "ended", nullable=True, known=False),
        *_checks(
            "designations",
            kind="kind in ('person', 'office')",
            office="(kind = 'office') = (office <> '')",
            span="until_on >= from_on",
            ending="ending in ('', 'succeeded', 'resigned', 'withdrawn', 'closed')",
            ended="(ended_at is null) = (until_on is null) and (ended_at is null) = (ending = '')",
        ),
    )
    _open_one("designations", "tenant_id", where="until_on is null")


def _undertakings() -> None:
    op.create_table(
        "undertakings",
        *_owned("undertakings"),
        *_texts("occasion", "version", "paper"),
        sa.Column("signed_on", sa.Date(), nullable=False),
        *_person("undertakings", "user_id"),
        *_moment("undertakings", "noted"),
        *_checks("undertakings", occasion="occasion in ('designated', 'leaving')"),
    )
    op.create_index("ix_undertakings_user", "undertakings", ["tenant_id", "user_id"], unique=False)


def _reviews() -> None:
    op.create_table(
        "account_reviews",
        *_owned("account_reviews"),
        *_moment("account_reviews", "begun"),
        *_moment("account_reviews", "completed", nullable=True),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_account_reviews_tenant_id_id")),
    )
    _open_one("account_reviews", "tenant_id", where="completed_at is null")
    op.create_table(
        "account_verdicts",
        *_owned("account_verdicts"),
        *_texts("verdict"),
        sa.Column("review_id", sa.Uuid(), nullable=False),
        *_person("account_verdicts", "user_id"),
        *_moment("account_verdicts", "said"),
        *_checks("account_verdicts", verdict="verdict in ('confirmed', 'ended')"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "review_id"],
            ["account_reviews.tenant_id", "account_reviews.id"],
            name=op.f("fk_account_verdicts_tenant_id_review_id"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "review_id", "user_id", name=op.f("uq_account_verdicts_tenant_id_review_id_user_id")
        ),
    )


def _departures() -> None:
    op.create_table(
        "departures",
        *_owned("departures"),
        *_texts("way", "document"),
        sa.Column("gone_on", sa.Date(), nullable=False),
        sa.Column("carried_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        *_person("departures", "user_id"),
        *_moment("departures", "opened"),
        *_moment("departures", "settled", nullable=True),
        *_moment("departures", "withdrawn", nullable=True),
        *_checks(
            "departures",
            way="way in ('left', 'transferred')",
            one_end="settled_at is null or withdrawn_at is null",
        ),
    )
    _open_one("departures", "tenant_id", "user_id", where="settled_at is null and withdrawn_at is null")


def _owned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _texts(*names: str) -> tuple[sa.schema.SchemaItem, ...]:
    return tuple(sa.Column(name, sa.String(), nullable=False) for name in names)


def _person(table: str, name: str, *, nullable: bool = False) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column(name, sa.Uuid(), nullable=nullable),
        sa.ForeignKeyConstraint([name], ["users.id"], name=op.f(f"fk_{table}_{name}")),
    )


def _moment(table: str, stem: str, *, nullable: bool = False, known: bool = True) -> tuple[sa.schema.SchemaItem, ...]:
    """When, and by whom; who is not `known` may be the service itself, as of a role."""
    at, by = f"{stem}_at", f"{stem}_by"
    made = (
        sa.Column(at, sa.DateTime(timezone=True), nullable=nullable),
        *(_person(table, by, nullable=nullable) if known else (sa.Column(by, sa.Uuid(), nullable=nullable),)),
    )
    pair = _checks(table, **{f"{stem}_pair": f"({at} is null) = ({by} is null)"}) if nullable else ()
    return (*made, *pair)


def _checks(table: str, **rules: str) -> tuple[sa.schema.SchemaItem, ...]:
    return tuple(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items())


def _open_one(table: str, *columns: str, where: str) -> None:
    name = f"uq_{table}_open"
    op.create_index(name, table, list(columns), unique=True, postgresql_where=sa.text(where))
