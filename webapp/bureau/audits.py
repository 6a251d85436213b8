"""稽核: the auditor's first page. Every chain's heads, their signatures and times, and the bureau's own chain of acts.

Of an institution's events the auditor reads none: a head says that nothing was changed, not what was done (ADR 0015).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from infra import clock
from infra.signing import public_key_from
from tenants.compliance import heads
from tenants.compliance.heads import ChainLine, Kept, Signed, Timed
from tenants.permissions import Permission
from tenants.registry import queries as registry
from webapp import audit_trail
from webapp.access import Place, requires
from webapp.bureau import emergency_todo, improvements
from webapp.bureau.todo_item import Item
from webapp.identify import actor
from webapp.paging import cut, page_number

blueprint = Blueprint("audits", __name__, url_prefix="/audit")

PER_PAGE = 50
SIGNED: Mapping[Signed, tuple[str, str]] = {
    Signed.GOOD: ("good", "會簽相符"),
    Signed.OTHER_KEY: ("bad", "由另一把金鑰會簽"),
    Signed.BROKEN: ("bad", "會簽與內容不符"),
    Signed.UNSIGNED: ("warn", "未會簽"),
}
KEPT: Mapping[Kept, tuple[str, str]] = {
    Kept.PRESENT: ("good", "巡檢時在"),
    Kept.IN_DOUBT: ("bad", "巡檢發現有缺漏"),
    Kept.NOT_LOOKED: ("unknown", "尚未巡檢"),
}
TIMED: Mapping[Timed, tuple[str, str]] = {
    Timed.GOOD: ("good", "時戳相符"),
    Timed.BROKEN: ("bad", "時戳不屬於這個樹頭"),
    Timed.NONE: ("unknown", "沒有時戳"),
}
_NO_KEY = "這不是 Base64 的 Ed25519 公鑰（32 位元組），以下仍以最早會簽的金鑰核對。"
_BADGES = {"SIGNED": SIGNED, "KEPT": KEPT, "TIMED": TIMED}


@blueprint.get("")
@requires(Permission.AUDIT_READ, place=Place.BUREAU)
def index() -> str:
    """Every chain with its newest head, and what of them needs a look."""
    lines = heads.chains(actor=actor())
    shown = cut(lines, page_number(), PER_PAGE)
    return render_template(
        "bureau/audit.html",
        items=[
            *emergency_todo.items(actor=actor(), now=clock.now()),
            *improvements.items(clock.today()),
            *_items(lines),
        ],
        lines=shown.lines,
        total=len(lines),
        number=shown.number,
        has_more=shown.has_more,
        due=clock.today() - timedelta(days=1),
    )


@blueprint.get("/chains/<uuid:institution_id>")
@requires(Permission.AUDIT_READ, place=Place.BUREAU)
def chain(institution_id: UUID) -> str:
    """The heads of one chain. `key` is the public key that the bureau published, by which they are judged."""
    number, key = page_number(), request.args.get("key", "").strip()
    fault = "" if not key or _is_key(key) else _NO_KEY
    found = heads.heads(
        actor=actor(),
        institution_id=institution_id,
        key="" if fault else key,
        offset=(number - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return render_template("bureau/chain.html", found=found, key=key, fault=fault, number=number, **_BADGES)


@blueprint.get("/events")
@requires(Permission.AUDIT_READ, place=Place.BUREAU)
def events() -> str:
    """The bureau's own chain: what was done to the platform, and by whom."""
    return render_template("bureau/events.html", trail=audit_trail.trail(tenant_id=registry.bureau().id))


def _items(lines: Sequence[ChainLine]) -> Iterator[Item]:
    yesterday = clock.today() - timedelta(days=1)
    late = [line for line in lines if line.newest is None or line.newest < yesterday]
    if late:
        yield Item(f"{len(late)} 個機構的稽核軌跡沒有昨日的錨定", "#chains", "", urgent=True)
    unsigned = [line for line in lines if line.unsigned]
    if unsigned:
        yield Item(f"{len(unsigned)} 個機構有未經教育局金鑰會簽的錨定", "#chains", "", urgent=False)
    untimed = [line for line in lines if line.newest is not None and not line.stamped]
    if untimed:
        yield Item(f"{len(untimed)} 個機構最近一次的錨定沒有時戳機構的時戳", "#chains", "", urgent=False)
    yield Item(
        "抽查銷毀證明：自訂種子，任何人都能抽出相同的樣本", url_for("bureau.certificates.index"), "", urgent=False
    )


def _is_key(text: str) -> bool:
    try:
        public_key_from(text)
    except ValueError:
        return False
    return True
