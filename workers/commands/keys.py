"""`keys …`: the master keys, and what a restored database must be told."""

from collections import Counter
from collections.abc import Callable

import click
from flask.cli import AppGroup

from infra import clock
from infra.db import db
from infra.kms import CannotUnwrap, KmsUnavailable
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.packages import keys as package_keys
from tenants.disclosures.packages.certificates import SIGNING_KEYS
from tenants.disclosures.packages.keys import PACKAGE_KEYS, PASSPHRASES
from tenants.disclosures.retained import keys as retained_keys
from tenants.disclosures.retained.keys import RETAINED_KEYS
from tenants.footage import rewrapping
from tenants.footage.rewrapping import DAY_KEYS, RECORDS_KEYS
from tenants.registry import queries as registry
from tenants.retention import hold_keys, restoring
from tenants.retention.hold_keys import HOLD_KEYS
from tenants.roc_dates import format_date
from workers.commands.audit import lost_events
from workers.commands.institutions import each_institution, each_institution_id
from workers.context import kms, store

keys = AppGroup("keys", help="The master keys, and the keys that they wrap.")
TABLES = (DAY_KEYS, RECORDS_KEYS, HOLD_KEYS, PACKAGE_KEYS, PASSPHRASES, RETAINED_KEYS, SIGNING_KEYS)


@keys.command()
def status() -> None:
    """How many living secrets need each master key; 1 when one needs a key that is not in the ring."""
    needed, ring = _needed(), kms().key_ids()
    for number, key_id in enumerate(ring):
        click.echo(f"{key_id}  {'使用中' if number == 0 else '僅供開啟'}  {needed[key_id]} 把")
    lacking = sorted(needed.keys() - set(ring))
    for key_id in lacking:
        click.secho(f"{key_id}  不在金鑰檔  {needed[key_id]} 把無法開啟", fg="red", err=True)
    if lacking:
        raise click.exceptions.Exit(1)


@keys.command()
def new() -> None:
    """Put a fresh master key into the file. It only opens until `keys use`; bring the file to every process before."""
    key_id = _changed(Event.MASTER_KEY_ADDED, lambda: kms().add())
    click.echo(f"已加入主金鑰 {key_id}。請先將金鑰檔複製到每個程序所在的主機與離線備份，再執行 keys use {key_id}。")


@keys.command()
@click.argument("key_id")
def use(key_id: str) -> None:
    """Let a master key of the file wrap from now on."""
    _changed(Event.MASTER_KEY_USED, lambda: _named(key_id, kms().use))
    click.echo(f"主金鑰 {key_id} 使用中。請執行 keys rewrap。")


@keys.command()
def rewrap() -> None:
    """Wrap every living secret by the current master key. May be stopped and run again; 1 when some are left."""
    done: Counter[str] = Counter()
    faults = 0
    for tenant_id in each_institution_id():
        try:
            done.update(rewrapping.rewrap(actor=system("keys rewrap"), tenant_id=tenant_id, kms=kms(), tables=TABLES))
            db.session.commit()
        except CannotUnwrap as fault:
            db.session.rollback()
            faults += 1
            tenant = registry.tenant(tenant_id=tenant_id)
            click.secho(f"{tenant.code} {tenant.name}：{fault}", fg="red", err=True)
    needed = _needed()
    left = needed.total() - needed[kms().key_id]
    click.echo("、".join(f"{name} {count}" for name, count in sorted(done.items())) + f"；尚有 {left} 把使用其他主金鑰")
    if left or faults:
        raise click.exceptions.Exit(1)


@keys.command()
@click.argument("key_id")
def retire(key_id: str) -> None:
    """Take a master key out of the file. Refused while a living secret needs it."""
    count = _needed()[key_id]
    if count:
        raise click.ClickException(f"尚有 {count} 把金鑰需要主金鑰 {key_id}。請先執行 keys rewrap。")
    _changed(Event.MASTER_KEY_RETIRED, lambda: _named(key_id, kms().retire))
    click.echo(f"已移除主金鑰 {key_id}。更換前的資料庫備份仍需要它，備份保存期間請離線保管。")


@keys.command("after-restore")
def after_restore() -> None:
    """Write down what chains lost, and enter days as destroyed whose share is gone. Run once after each restore."""
    faults = 0
    for tenant in each_institution():
        found = restoring.compare_shares(
            actor=system("keys after-restore"),
            tenant_id=tenant.id,
            store=store(),
            also=[
                *hold_keys.expected_shares(tenant_id=tenant.id),
                *package_keys.expected_shares(tenant_id=tenant.id),
                *retained_keys.expected_shares(tenant_id=tenant.id),
            ],
            now=clock.now(),
        )
        if found.lost is not None:
            click.secho(f"{tenant.code} {lost_events(found.lost)}", fg="yellow")
        lines = [f"{format_date(each.civil_day)} d{each.retention_days}：登記為已銷毀" for each in found.destroyed]
        lines += [f"{found.unknown} 份不屬於資料庫中任何金鑰，未變更"] if found.unknown else []
        db.session.commit()
        for line in lines:
            click.echo(f"{tenant.code} {line}")
        for line in found.missing:
            click.secho(f"{tenant.code} {line}，未變更", fg="red", err=True)
        faults += len(found.missing)
    if faults:
        raise click.exceptions.Exit(1)


def _needed() -> Counter[str]:
    found: Counter[str] = Counter()
    for tenant_id in each_institution_id():
        found += rewrapping.needed_keys(tenant_id=tenant_id, tables=TABLES)
    return found


def _named(key_id: str, act: Callable[[str], None]) -> str:
    act(key_id)
    return key_id


def _changed(event: Event, change: Callable[[], str]) -> str:
    """Change the ring, and record it in the bureau's chain, where the platform's acts are. Says what went wrong."""
    bureau = registry.bureau()
    bind(db.session, Binding(tenant_id=bureau.id))
    try:
        key_id = change()
    except (CannotUnwrap, KmsUnavailable) as fault:
        raise click.ClickException(str(fault)) from fault
    audit.record(event, tenant_id=bureau.id, actor=system("keys"), key_id=key_id)
    db.session.commit()
    bind(db.session, Binding())
    return key_id
