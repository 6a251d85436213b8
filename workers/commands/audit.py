"""`audit verify`: walks every chain, and checks that it still passes through the anchors in the store (DR-06)."""

import click
from flask.cli import AppGroup

from tenants.audit import anchoring, queries
from workers.commands.institutions import each_institution
from workers.context import store

audit = AppGroup("audit", help="The chains of acts.")


@audit.command()
@click.option("--tenant", "code", help="Only the institution of this code.")
def verify(code: str | None) -> None:
    """Verify the chains; the first broken link of each is named, and 1 says that there is one."""
    walked = broken = 0
    for tenant in each_institution(code):
        walked += 1
        found = queries.verify(tenant_id=tenant.id) or anchoring.first_departure(tenant_id=tenant.id, store=store())
        if found is None:
            click.echo(f"{tenant.code} {tenant.name}：完整")
        else:
            broken += 1
            click.secho(f"{tenant.code} {tenant.name}：第 {found.seq} 筆起不完整，{found.reason}", fg="red", err=True)
    if not walked:
        raise click.UsageError("找不到這個代碼的機構。")
    if broken:
        raise click.exceptions.Exit(1)
