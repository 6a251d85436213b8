"""`storage apply` and `storage check`: the bucket's expiry rules, made from the law and compared with it (DR-03)."""

import click
from flask.cli import AppGroup
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.lifecycle import NoLifecycle
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.platform import actions as platform
from tenants.registry.models import Tenant, TenantKind
from tenants.retention import queries, store_rules
from workers.commands.institutions import each_institution
from workers.context import bucket_rules, store

storage = AppGroup("storage", help="The object store's expiry rules.")

_NO_LIFECYCLE = "注意：這個儲存服務沒有到期規則。影像只由本系統的銷毀作業清除，請確認 worker 與 cron 持續運作。"


@storage.command()
def check() -> None:
    """Compare the rules of the live bucket with the law; 1 when anything is wrong."""
    rules = bucket_rules()
    try:
        found = rules.read()
    except NoLifecycle:
        _keep(None)
        click.secho(_NO_LIFECYCLE, fg="yellow")
        return
    faults = store_rules.faults(found, _classes(), versioned=rules.is_versioned(), default_lock=rules.default_lock())
    _keep(faults)
    _say(faults)
    click.echo(f"{len(found)} 條規則皆符合規定。")


@storage.command()
def apply() -> None:
    """Put our rules in place, keeping harmless ones of others; refused when the bucket would still break the law."""
    rules, classes = bucket_rules(), _classes()
    try:
        kept = store_rules.foreign(rules.read())
    except NoLifecycle:
        click.secho(_NO_LIFECYCLE, fg="yellow")
        return
    wanted = [*kept, *store_rules.wanted(classes)]
    _say(store_rules.faults(wanted, classes, versioned=rules.is_versioned(), default_lock=rules.default_lock()))
    rules.write(wanted)
    for rule in store_rules.wanted(classes):
        click.echo(f"{rule.prefix} 於上傳 {rule.days} 日後到期")
    faults = store_rules.faults(
        rules.read(), classes, versioned=rules.is_versioned(), default_lock=rules.default_lock()
    )
    _keep(faults)
    _say(faults)


def _keep(faults: list[str] | None) -> None:
    """Let the operator's page tell what was found; None where there are no rules to compare, or nobody to tell."""
    bureau = db.session.scalar(select(Tenant).where(Tenant.kind == TenantKind.BUREAU))
    if bureau is None:
        return
    bind(db.session, Binding(tenant_id=bureau.id))
    by, abilities = system("storage check"), store().abilities()
    platform.note_store(actor=by, tenant_id=bureau.id, abilities=abilities, faults=faults)
    db.session.commit()
    bind(db.session, Binding())


def _classes() -> set[int]:
    today = clock.today()
    return {days for tenant in each_institution() for days in queries.classes_in_use(tenant_id=tenant.id, today=today)}


def _say(faults: list[str]) -> None:
    for fault in faults:
        click.secho(fault, fg="red", err=True)
    if faults:
        raise click.exceptions.Exit(1)
