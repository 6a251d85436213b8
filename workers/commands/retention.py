"""`retention plan`: what tonight's destruction would do, without doing it."""

from datetime import datetime

import click
from flask.cli import AppGroup

from infra import clock
from tenants.retention import hold_queries, queries
from tenants.roc_dates import format_date
from workers.commands.institutions import each_institution

retention = AppGroup("retention", help="What is kept, due and destroyed.")


@retention.command()
@click.option("--tenant", "code", help="Only the institution of this code.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As of this Taipei day instead of today.")
def plan(code: str | None, on: datetime | None) -> None:
    """List the days that would be destroyed, what each holds, and which wait for a hold to be copied."""
    today = on.date() if on is not None else clock.today()
    for tenant in each_institution(code):
        for due in queries.due_days(tenant_id=tenant.id, today=today):
            waiting = hold_queries.waiting_holds(tenant_id=tenant.id, day=due.day, retention_days=due.retention_days)
            found = queries.totals(tenant_id=tenant.id, day=due.day, retention_days=due.retention_days)
            held = f"，等候保全複製：{'、'.join(hold.reference for hold in waiting)}" if waiting else ""
            click.echo(
                f"{tenant.code} {format_date(due.day)} d{due.retention_days}："
                f"{found.segments} 個片段、{found.bytes} 位元組{held}"
            )
        for begun in queries.begun_destructions(tenant_id=tenant.id):
            click.echo(f"{tenant.code} {format_date(begun.civil_day)} d{begun.retention_days}：待完成（金鑰已銷毀）")
