"""`audit …`: the chains checked from their first event, and proofs for who stands outside (DR-06, ADR 0012)."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup

from infra.signing import public_key_from
from tenants.audit import checking, proofs
from tenants.audit.checking import Report
from tenants.audit.losses import Recorded
from tenants.disclosures.register import checking as register
from tenants.errors import DomainError, NotFound
from tenants.roc_dates import format_date
from workers.commands.institutions import each_institution
from workers.context import cosigner, store

audit = AppGroup("audit", help="The chains of acts.")

_tenant = click.option("--tenant", "code", required=True, help="The institution's code.")
_day = click.DateTime(formats=["%Y-%m-%d"])


@audit.command()
@click.option("--tenant", "code", help="Only the institution of this code.")
@click.option(
    "--bureau-key",
    "keys",
    multiple=True,
    help="The bureau's public key in base64, again for each it had. Without it each chain's first signer is believed.",
)
@click.option("--read-anchors", is_flag=True, help="Read every anchor instead of believing the MD5 the store lists.")
def verify(code: str | None, keys: tuple[str, ...], *, read_anchors: bool) -> None:
    """Check chains, heads, signatures, timestamps, anchors and registers; what does not hold is named, 1 says so."""
    trusted, walked, broken = frozenset(map(_public_key, keys)), 0, 0
    believed: set[str] = set()
    stamps: Counter[str] = Counter()
    for tenant in each_institution(code):
        report = checking.verify(tenant_id=tenant.id, store=store(), trusted=trusted, read_all=read_anchors)
        walked, believed = walked + 1, believed | report.key_ids
        stamps.update(dict(report.stamps))
        for each in report.lost:
            click.secho(f"{tenant.code} {tenant.name}：{lost_events(each)}", fg="yellow")
        if report.broken is None:
            click.echo(f"{tenant.code} {tenant.name}：完整{_heads(report)}")
        else:
            broken += 1
            reason = f"第 {report.broken.seq} 筆起不完整，{report.broken.reason}"
            click.secho(f"{tenant.code} {tenant.name}：{reason}{_heads(report)}", fg="red", err=True)
        for line in register.differing(tenant_id=tenant.id):
            broken += 1
            words = f"調閱登記簿 {line.roc_year} 年第 {line.number} 號{line.reason}"
            click.secho(f"{tenant.code} {tenant.name}：{words}", fg="red", err=True)
    if not walked:
        raise click.UsageError("找不到這個代碼的機構。")
    for key in sorted(believed):
        click.echo(f"會簽公鑰 {key}{'' if trusted else '（採信各機構最早的會簽，請與教育局公布的公鑰核對）'}")
    for authority, count in sorted(stamps.items()):
        click.echo(f"時戳機構 {authority}，簽發 {count} 個（是否信任該機構，請自行判斷）")
    if broken:
        raise click.exceptions.Exit(1)


@audit.command()
@_tenant
@click.option("--seq", type=click.IntRange(min=1), required=True, help="The event's number in the chain.")
@click.option("--without-event", is_flag=True, help="Leave out the event's text, which names who acted.")
def prove(code: str, seq: int, *, without_event: bool) -> None:
    """Print the proof that an event was in the chain, as JSON that anybody can check."""

    def made(tenant_id: UUID) -> Mapping[str, Any]:
        found = proofs.proof(tenant_id=tenant_id, seq=seq)
        if found is None:
            raise click.ClickException(f"第 {seq} 筆尚未錨定，下一次錨定後可出證明。")
        return found.document(with_event=not without_event)

    _print_for(code, made, missing=f"這個機構的稽核軌跡沒有第 {seq} 筆。")


@audit.command()
@_tenant
@click.option("--from", "earlier", type=_day, required=True, help="The day of the head that the reader kept.")
@click.option("--to", "later", type=_day, required=True, help="The day of a later head.")
def prove_growth(code: str, earlier: datetime, later: datetime) -> None:
    """Print the proof that one day's tree begins with an earlier day's, as JSON that anybody can check."""
    days: dict[str, date] = {"earlier": earlier.date(), "later": later.date()}
    _print_for(code, lambda tenant_id: proofs.growth(tenant_id=tenant_id, **days).document())


@audit.command()
def bureau_key() -> None:
    """Print the public half of the bureau's key that this worker signs with."""
    held = cosigner()
    if held is None:
        raise click.ClickException("這個工作程序沒有教育局的會簽金鑰（SHOUYUAN_BUREAU_KEY_FILE）。")
    click.echo(held.key_id)


def lost_events(found: Recorded) -> str:
    """What a restored backup lost of a chain, in a sentence."""
    first, last = found.anchors[0][0], found.loss.day
    return (
        f"資料庫曾由備份還原，還原遺失已記載於第 {found.seq} 筆：{format_date(first)}至{format_date(last)}"
        f"共 {len(found.anchors)} 個錨定所涵蓋的紀錄（原第 {found.confirmed + 1} 至 {found.loss.size} 筆中，"
        f"還原後不在資料庫者）無法回復，最後錨定的樹根為 {found.loss.root}"
    )


def _heads(report: Report) -> str:
    if not report.heads:
        return "，尚無錨定"
    lacking = [f"{report.unsigned} 個未會簽"] if report.unsigned else []
    # What could not be walked to its end says nothing about tokens that come later.
    lacking += [f"{report.unstamped} 個沒有時戳"] if report.unstamped and report.broken is None else []
    return f"，錨定 {report.heads} 個" + (f"，其中 {'、'.join(lacking)}" if lacking else "")


def _print_for(code: str, made: Callable[[UUID], Mapping[str, Any]], *, missing: str = "") -> None:
    for tenant in each_institution(code):
        try:
            document = {"institution": tenant.code, **made(tenant.id)}
        except DomainError as error:
            raise click.ClickException(missing if missing and isinstance(error, NotFound) else str(error)) from error
        click.echo(json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True))
        return
    raise click.UsageError("找不到這個代碼的機構。")


def _public_key(text: str) -> str:
    try:
        public_key_from(text)
    except ValueError as error:
        raise click.BadParameter("不是 Base64 的 Ed25519 公鑰（32 位元組）。", param_hint="--bureau-key") from error
    return text
