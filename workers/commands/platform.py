"""`platform backed-up`: what only the operator's own scripts know."""

import click
from flask.cli import AppGroup

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.platform import actions
from tenants.platform.models import Service
from tenants.registry import queries as registry

platform = AppGroup("platform", help="What the operator's page is told by scripts.")


@platform.command("backed-up")
@click.option("--failed", is_flag=True, help="The backup was tried and is not whole.")
def backed_up(*, failed: bool) -> None:
    """Say that the backup of the database was made now; the last line of the script that makes it."""
    bureau = registry.bureau_if_any()
    if bureau is None:
        raise click.ClickException("平台尚未開通教育局。")
    bind(db.session, Binding(tenant_id=bureau.id))
    actions.note_service(
        actor=system("platform backed-up"), tenant_id=bureau.id, service=Service.BACKUP, answers=not failed
    )
    db.session.commit()
    click.echo("已記錄備份失敗。" if failed else "已記錄備份完成。")
