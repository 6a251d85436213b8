"""States for an institution's first day and for a mail that came back; a rule about panels is replaced before it begins."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision: str | None = "0068"

FINDINGS, MAILS, ADOPTIONS = "compliance_findings", "notice_mails", "panel_adoptions"
STATES = ("unmet", "not_reported", "no_data", "warned", "advice", "met", "not_applicable")
ENDS = ("waiting", "sent", "refused", "failed", "no_address", "left", "overtaken")
ONCE = "uq_panel_adoptions_tenant_id_site_id_effective_from"


def upgrade() -> None:
    op.add_column("tenants", sa.Column("opened_on", sa.Date(), nullable=True))
    _states(FINDINGS, *STATES, "not_yet")
    _states(MAILS, *ENDS, "bounced")
    op.drop_constraint(op.f(ONCE), ADOPTIONS)


def downgrade() -> None:
    # What was replaced before it began was never in force.
    op.execute(
        f"""delete from {ADOPTIONS} old using {ADOPTIONS} new
            where old.tenant_id = new.tenant_id and old.site_id = new.site_id
              and old.effective_from = new.effective_from and old.recorded_at < new.recorded_at"""  # noqa: S608 - constants
    )
    op.create_unique_constraint(op.f(ONCE), ADOPTIONS, ["tenant_id", "site_id", "effective_from"])
    op.execute(f"update {FINDINGS} set state = 'not_applicable' where state = 'not_yet'")  # noqa: S608 - a constant
    _states(FINDINGS, *STATES)
    op.drop_column("tenants", "opened_on")
    op.execute(f"update {MAILS} set state = 'refused' where state = 'bounced'")  # noqa: S608 - a constant
    _states(MAILS, *ENDS)


def _states(table: str, *names: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_state"), table)
    op.create_check_constraint(
        op.f(f"ck_{table}_state"), table, f"state in ({', '.join(repr(each) for each in names)})"
    )
