"""`retention plan`: what a run would destroy now, without doing it: the run asks the very same function."""

from datetime import datetime
from uuid import UUID

import click
from flask.cli import AppGroup

from infra import clock
from tenants.registry.models import Tenant
from tenants.retention import pending, plan_queries, queries, stops
from tenants.retention.planning import Plan
from tenants.retention.rules import DayAndClass
from tenants.roc_dates import format_date
from workers.commands.institutions import each_institution

retention = AppGroup("retention", help="What is kept, due and destroyed.")


@retention.command()
@click.option("--tenant", "code", help="Only the institution of this code.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As of this Taipei day instead of now.")
def plan(code: str | None, on: datetime | None) -> None:
    """List what would be destroyed, what waits for a hold or a person, and what is not finished; 1 when it stops."""
    stopped = 0
    for tenant in each_institution(code):
        if on is None:
            made = plan_queries.current(tenant_id=tenant.id, now=clock.now())
        else:
            made = plan_queries.as_of(tenant_id=tenant.id, day=on.date())
        _say(tenant, made)
        stopped += made.stop is not None
        for begun in pending.pending(tenant_id=tenant.id):
            day = DayAndClass(day=begun.found.civil_day, retention_days=begun.found.retention_days)
            owner = pending.OWNER_NAMES[begun.owner]
            click.echo(f"{tenant.code} {_named(day)}：待完成，{begun.why}須由{owner}處理")
    if stopped:
        raise click.exceptions.Exit(1)


def _say(tenant: Tenant, made: Plan) -> None:
    for day in made.go:
        click.echo(f"{tenant.code} {_what(tenant.id, day)}")
    for held in made.waiting:
        click.echo(f"{tenant.code} {_what(tenant.id, held.of)}，等候保全複製：{'、'.join(held.held_by)}")
    if made.stop is None:
        return
    click.secho(f"{tenant.code} 暫停：{stops.WHY[made.stop.kind]}", fg="red", err=True)
    for day in made.stop.days:
        if day not in made.go:
            click.echo(f"{tenant.code} {_what(tenant.id, day)}，暫停，等候核可")


def _what(tenant_id: UUID, day: DayAndClass) -> str:
    found = queries.totals(tenant_id=tenant_id, day=day.day, retention_days=day.retention_days)
    return f"{_named(day)}：{found.segments} 個片段、{found.bytes} 位元組"


def _named(day: DayAndClass) -> str:
    return f"{format_date(day.day)} d{day.retention_days}"
