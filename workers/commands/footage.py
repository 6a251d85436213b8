"""`footage …`: the index and the store, for an operator: digests, rebuilding, a whole sweep, and the quarantine."""

from datetime import date, datetime
from uuid import UUID

import click
from flask.cli import AppGroup

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.footage import quarantine, rebuilding, reconciliation
from tenants.footage.areas import DayOfClass
from tenants.registry.models import Tenant
from tenants.roc_dates import format_date
from workers.commands.institutions import each_institution
from workers.context import store
from workers.reconciliation_jobs import areas_of, contents

footage = AppGroup("footage", help="The index of footage and the store.")

_DAY = click.DateTime(["%Y-%m-%d"])


@footage.command()
@click.option("--tenant", "code", required=True, help="The institution of this code.")
@click.option("--day", type=_DAY, required=True, help="The Taipei day of recording.")
def digest(code: str, day: datetime) -> None:
    """One hash over every stored segment of a day, to be compared before and after."""
    _of(code)
    for tenant in each_institution(code):
        _say_digest(tenant, day.date())


@footage.command()
@click.option("--tenant", "code", required=True, help="The institution of this code.")
@click.option("--day", type=_DAY, help="Only this Taipei day of recording.")
@click.option("--into-check", is_flag=True, help="Verify everything and change nothing.")
def rebuild(code: str, day: datetime | None, into_check: bool) -> None:  # noqa: FBT001 - click passes it by name
    """Make the index again from the store and the lines that devices signed; 1 when anything was refused."""
    tenant = _of(code)
    found = list(rebuilding.days_in_store(store=store(), tenant_id=tenant.id))
    refused = 0
    for each in sorted(one for one in found if day is None or one.day == day.date()):
        refused += _rebuild(tenant, each, only_check=into_check)
    if refused:
        raise click.exceptions.Exit(1)


@footage.command()
@click.option("--tenant", "code", help="Only the institution of this code.")
def reconcile(code: str | None) -> None:
    """Compare everything in the store with the database now, instead of a seventh each night; removes nothing."""
    for tenant in [one.id for one in each_institution(code)]:
        bind(db.session, Binding(tenant_id=tenant))
        for area in areas_of(tenant, store()):
            _reconcile(tenant, area)


@footage.command()
@click.option("--tenant", "code", help="Only the institution of this code.")
def strays(code: str | None) -> None:
    """List what is in quarantine; 1 when something there needs a person."""
    needing = 0
    for tenant in each_institution(code):
        for stray in quarantine.quarantined(tenant_id=tenant.id):
            click.echo(f"{tenant.code} {stray.id} {stray.form} {stray.key}（{stray.size} 位元組，{stray.state}）")
        for each in quarantine.needing_a_person(tenant_id=tenant.id, now=clock.now()):
            needing += 1
            since = format_date(clock.civil_day(each.since))
            click.secho(
                f"{tenant.code} {each.stray.key}：{since}起已逾一年仍無紀錄可對應，須由{each.owner}處理",
                fg="red",
                err=True,
            )
    if needing:
        raise click.exceptions.Exit(1)


def _of(code: str) -> Tenant:
    """The institution, to which the session stays bound."""
    found = [tenant.id for tenant in each_institution(code)]
    if not found:
        raise click.UsageError("找不到這個代碼的機構。")
    bind(db.session, Binding(tenant_id=found[0]))
    return db.session.get_one(Tenant, found[0])


def _say_digest(tenant: Tenant, day: date) -> None:
    made = rebuilding.digest(tenant_id=tenant.id, day=day)
    click.echo(f"{tenant.code} {format_date(day)}：{made.segments} 個片段、{made.bytes} 位元組、摘要 {made.sha256}")


def _rebuild(tenant: Tenant, of: DayOfClass, *, only_check: bool) -> int:
    made = rebuilding.rebuild(
        actor=system("footage rebuild"),
        tenant_id=tenant.id,
        of=of,
        store=store(),
        now=clock.now(),
        only_check=only_check,
    )
    verb = "可回復" if only_check else "已回復"
    click.echo(
        f"{tenant.code} {format_date(of.day)} d{of.retention_days}："
        f"{verb} {made.restored} 個片段，原有 {made.known} 個，拒絕 {len(made.refused)} 個"
    )
    for key, code in made.refused:
        click.secho(f"{key}：{code}", fg="red", err=True)
    if not only_check:
        _say_digest(tenant, of.day)
        db.session.commit()
    return len(made.refused)


def _reconcile(tenant_id: UUID, area: str) -> None:
    swept = reconciliation.reconcile(
        actor=system("footage reconcile"),
        tenant_id=tenant_id,
        area=area,
        contents=contents(tenant_id, area, store()),
        store=store(),
        now=clock.now(),
    )
    db.session.commit()
    if swept is None:
        click.secho(f"{area}：無法判斷，未作任何變更", fg="yellow")
    else:
        click.echo(
            f"{area}：{swept.objects} 個物件，來源不明 {swept.strays}，遺失 {swept.missing}，內容不符 {swept.differing}"
        )
