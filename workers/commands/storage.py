"""`storage apply` and `storage check`: the bucket's expiry rules, made from the law and compared with it (DR-03)."""

import click
from flask.cli import AppGroup

from infra.db import db
from infra.lifecycle import NoLifecycle
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.registry import queries as registry
from tenants.retention import store_rules
from workers import storage_jobs
from workers.context import bucket_rules

storage = AppGroup("storage", help="The object store's expiry rules.")

_NO_LIFECYCLE = "注意：這個儲存服務沒有到期規則。影像只由本系統的銷毀作業清除，請確認 worker 與 cron 持續運作。"


@storage.command()
def check() -> None:
    """Compare the live bucket with the law, and see that it is shut; 1 when anything is wrong."""
    found = storage_jobs.faults(storage_jobs.classes_in_use())
    _keep(found)
    if found is None:
        click.secho(_NO_LIFECYCLE, fg="yellow")
        return
    _say(found)
    click.echo(f"{len(bucket_rules().read())} 條規則皆符合規定，儲存空間未對外公開。")


@storage.command()
def apply() -> None:
    """Put our rules in place, keeping harmless ones of others; refused when the bucket would still break the law."""
    rules, classes = bucket_rules(), storage_jobs.classes_in_use()
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
    found = storage_jobs.faults(classes)
    _keep(found)
    _say(found or [])


def _keep(faults: list[str] | None) -> None:
    """Let the operator's page tell what was found; None where there are no rules to compare, or nobody to tell."""
    bureau = registry.bureau_if_any()
    if bureau is None:
        return
    bind(db.session, Binding(tenant_id=bureau.id))
    storage_jobs.keep(faults, tenant_id=bureau.id, actor=system("storage check"))
    db.session.commit()
    bind(db.session, Binding())


def _say(faults: list[str]) -> None:
    for fault in faults:
        click.secho(fault, fg="red", err=True)
    if faults:
        raise click.exceptions.Exit(1)
