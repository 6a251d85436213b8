"""Helpers for migrations: the only place where a row-security policy is written.

`nullif(..., '')` because a transaction-local setting reads as an empty string, not NULL, once its transaction ended;
a bare cast would raise instead of showing nothing.
"""

from alembic import op

from infra.db import APP_ROLE, BUREAU_ROLE, OWNER_ROLE

TENANT = "tenant_id = nullif(current_setting('shouyuan.tenant_id', true), '')::uuid"
AGENCY = "agency_id = nullif(current_setting('shouyuan.agency_id', true), '')::uuid"
USER = "user_id = nullif(current_setting('shouyuan.user_id', true), '')::uuid"


def protect(table: str, *, rights: str = "select, insert, update", using: str = TENANT) -> None:
    """Enable and force row security on `table`, let the app role do `rights` where `using` holds, and nobody else."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy {table}_bound on {table} to {APP_ROLE} using ({using}) with check ({using})")
    op.execute(f"grant {rights} on {table} to {APP_ROLE}")


def also_readable(table: str, *, name: str, using: str) -> None:
    """A second, read-only door for the app role, such as an agency reading its own requests."""
    op.execute(f"create policy {table}_{name} on {table} for select to {APP_ROLE} using ({using})")


def share(table: str, *, rights: str) -> None:
    """A table that belongs to no institution (people, agencies): no row policy, only the named rights."""
    op.execute(f"grant {rights} on {table} to {APP_ROLE}")


def rolled_up(table: str) -> None:
    """Let the bureau role read every institution's rows of a table that holds facts and no picture (DR-09)."""
    op.execute(f"create policy {table}_bureau on {table} for select to {BUREAU_ROLE} using (true)")
    op.execute(f"grant select on {table} to {BUREAU_ROLE}")


def counted_by_owner(table: str) -> None:
    """Let functions of the owner role read every institution's rows, to answer what no institution can for itself.

    It opens nothing to anybody: the owner, as whom no process serves, could switch row security off as well, and each
    such function answers one question and is granted by name (infra/decisions/0013).
    """
    op.execute(f"create policy {table}_counted on {table} for select to {OWNER_ROLE} using (true)")
