"""A draft of the bureau's letter to an institution: what was found unmet, by which article, to be put right by when.

Nothing is sent, and the number is left blank: both are the document system's. Findings are read on the bureau's own
connection; they hold codes, counts and days, and no picture (DR-09, DR-30).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import bureau_session
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.compliance.articles import queries
from tenants.compliance.articles.catalogue import BY_KEY
from tenants.compliance.articles.model import State
from tenants.compliance.articles.queries import FoundLine
from tenants.errors import Invalid, NotFound
from tenants.forms import Imprint, Section, Sheet, document_sheet, numbered, numeral
from tenants.permissions import Permission
from tenants.profiles import RuleProfile
from tenants.profiles.model import OUR_DEFAULT
from tenants.registry import queries as registry
from tenants.registry import regulations
from tenants.registry.models import Site, Tenant
from tenants.roc_dates import format_date, format_instant
from tenants.working_days import format_due, working_days_after

# Working days that a letter gives, and the most in one archive: each takes a good part of a second to typeset.
DUE_DAYS = (5, 10, 20)
DEFAULT_DUE_DAYS = 10
MOST_AT_ONCE = 50
# What the document system fills in, beside date and number (文書處理手冊, 函).
_MARKS = ("速別：", "密等及解密條件或保密期限：", "附件：")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Of which institutions: of one article, district, kind or ownership where one is given. `due_days` are working."""

    article: str = ""
    district: str = ""
    kind: str = ""
    ownership: str = ""
    due_days: int = DEFAULT_DUE_DAYS


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One finding: what it is called, the article in its exact citation, what was found, and when that was computed."""

    name: str
    citation: str
    words: str
    computed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The letter's parts, ready for paper and for a text that the document system takes."""

    addressee: str
    code: str
    sender: str
    subject: str
    explanation: Sequence[str]
    facts: Sequence[Fact]
    measures: Sequence[str]

    def items(self) -> list[str]:
        """說明, numbered as official documents are; the findings are the items of its last one."""
        facts = [
            f"({numeral(place)}){fact.name}（{fact.citation}）：{fact.words}（統計時間：{format_instant(fact.computed_at)}）"
            for place, fact in enumerate(self.facts, 1)
        ]
        return [*numbered(self.explanation), *facts]

    def steps(self) -> list[str]:
        """辦法, numbered."""
        return numbered(self.measures)

    def text(self) -> str:
        """The letter as plain text, to be copied into the bureau's document system."""
        lines = [
            f"{self.sender}　函（稿）",
            f"受文者：{self.addressee}",
            "發文日期：中華民國　　　年　　　月　　　日",
            "發文字號：",
            *_MARKS,
            f"主旨：{self.subject}",
            "說明：",
            *(f"　{each}" for each in self.items()),
            "辦法：",
            *(f"　{each}" for each in self.steps()),
            *self._copies(),
        ]
        return "\r\n".join(lines) + "\r\n"

    def sheet(self, *, printed_by: str) -> Sheet:
        """The letter as paper, with room for date and number."""
        return document_sheet(
            title="函（稿）",
            facts=(),
            sections=[
                Section(heading="主旨", paragraphs=[self.subject]),
                Section(heading="說明", paragraphs=self.items()),
                Section(heading="辦法", paragraphs=self.steps()),
                Section(paragraphs=self._copies()),
            ],
            signing=(),
            imprint=Imprint(institution=self.sender, printed_at=clock.now(), printed_by=printed_by),
            sent_to=self.addressee,
            marks=_MARKS,
        )

    def _copies(self) -> list[str]:
        return [f"正本：{self.addressee}", "副本："]


def unmet(asked: Asked) -> Mapping[UUID, Sequence[FoundLine]]:
    """What is unmet on the newest day, by institution, of those asked for; the institution with the oldest first."""
    day = queries.latest_day()
    if day is None:
        return {}
    words = {name: getattr(asked, name) for name in ("article", "district", "kind", "ownership")}
    found: dict[UUID, list[FoundLine]] = {}
    for line in queries.found_lists(asked=queries.Asked(day=day, state=State.UNMET, **words)):
        found.setdefault(line.tenant_id, []).append(line)
    return found


def draft(*, actor: Actor, institution_id: UUID, asked: Asked) -> Draft | None:
    """The letter to one institution; None where nothing of what was asked is unmet there. Raises `NotFound`."""
    actor.require(Permission.LETTER_DRAFT)
    _check_days(asked.due_days)
    day = queries.latest_day()
    with bureau_session() as session:
        tenant = session.get(Tenant, institution_id)
        if tenant is None:
            raise NotFound
        named = (tenant.name, tenant.code)
        codes = list(session.scalars(select(Site.profile).where(Site.tenant_id == institution_id).distinct()))
    lines = queries.of_institution(tenant_id=institution_id, day=day) if day is not None else ()
    found = [
        line for line in lines if line.state is State.UNMET and (not asked.article or line.article == asked.article)
    ]
    if day is None or not found:
        return None
    today = clock.today()
    rules = [regulations.profile(code, today) for code in sorted(codes)]
    return _draft(named, rules, found, day=day, due=working_days_after(today, asked.due_days))


def drafts(*, actor: Actor, asked: Asked) -> list[Draft]:
    """One letter to each institution of a list. Raises `Invalid` for none, and for more than fit into one archive."""
    actor.require(Permission.LETTER_DRAFT)
    listed = unmet(asked)
    if not listed:
        raise Invalid("這份清單沒有未符合的機構，沒有函稿可以產生。")
    if len(listed) > MOST_AT_ONCE:
        raise Invalid(f"清單有 {len(listed)} 個機構，一次最多產生 {MOST_AT_ONCE} 份。請以行政區或類型縮小範圍。")
    found = (draft(actor=actor, institution_id=each, asked=asked) for each in listed)
    return [each for each in found if each is not None]


def note_drafted(*, actor: Actor, institutions: int, form: str) -> None:
    """Record that so many letters were drafted and taken along; to whom stands in the letters, and none was sent."""
    actor.require(Permission.LETTER_DRAFT)
    audit.record(
        Event.LETTER_DRAFTED,
        tenant_id=registry.bureau().id,
        actor=actor,
        institutions=institutions,
        form=form,
    )


def _draft(
    named: tuple[str, str],
    rules: Sequence[RuleProfile],
    found: Sequence[FoundLine],
    *,
    day: date,
    due: date,
) -> Draft:
    told = "、".join(f"「{rule.name}」" for rule in rules)
    return Draft(
        addressee=named[0],
        code=named[1],
        sender=registry.bureau().name,
        subject=f"請依{told}改善監視錄影系統管理事項，並於{format_due(due)}前函復辦理情形，請查照。",
        explanation=[
            f"依據{told}辦理。",
            f"經查貴機構{format_date(day)}有下列 {len(found)} 項未符合規定：",
        ],
        facts=[_fact(line, rules) for line in found],
        measures=[
            f"請於{format_due(due)}前完成改善，並函復本局辦理情形；未能如期完成者，請敘明原因及預定完成日期。",
            "各項的清單與處理方式，請登入系統於首頁「現在該做什麼」查看。",
        ],
    )


def _fact(line: FoundLine, rules: Iterable[RuleProfile]) -> Fact:
    article = BY_KEY[line.article]
    cited = dict.fromkeys(rule.article(article.clause) for rule in rules)
    since = f"，最早自{format_date(line.since)}起" if line.since is not None else ""
    told = Counter(f"{each.label}：{each.why}" if each.label != line.name else each.why for each in line.subjects)
    details = "；".join(f"{words}（{count} {article.unit}）" if count > 1 else words for words, count in told.items())
    part = "" if line.wrong == line.looked_at else f"{line.looked_at} {article.unit}中有 "
    more = f"；另有 {line.wrong - len(line.subjects)} 項" if line.wrong > len(line.subjects) else ""
    return Fact(
        name=article.name,
        citation="、".join(each for each in cited if each != OUR_DEFAULT) or OUR_DEFAULT,
        words=f"{part}{line.wrong} {article.unit}未符合{since}。{details}{more}",
        computed_at=line.computed_at,
    )


def _check_days(days: int) -> None:
    if days not in DUE_DAYS:
        raise Invalid("請從清單中選取期限。", field="days")
