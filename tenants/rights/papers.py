"""答復書: what the institution answers a request about one's own data, as a sheet to be signed and sent (DR-28)."""

from infra import clock
from infra.clock import civil_day
from infra.db import db
from tenants.errors import InvalidTransition
from tenants.forms import Imprint, Section, Sheet, document_sheet
from tenants.registry.models import Tenant
from tenants.registry.regulations import of_institution
from tenants.rights import queries, rules
from tenants.rights.models import Answer, Right, RightsRequest
from tenants.rights.rules import ANSWER_NAMES, GROUND_NAMES, RefusalGround
from tenants.roc_dates import format_date, format_span

_TITLE = "個人資料權利請求答復書"


def answer_letter(found: RightsRequest, *, printed_by: str) -> Sheet:
    """The decision with its ground, its reasons and what the person can do next; before a decision `InvalidTransition`.

    An extension of the period is told in writing as well (個人資料保護法第十三條), and may be printed as soon as it is.
    """
    if found.answered_at is None and found.extended_at is None:
        raise InvalidTransition("尚未作成決定，也沒有延長期限，還沒有可以列印的答復書。")
    sections = [Section(heading="請求的內容", paragraphs=[found.about, *_footage(found)])]
    sections.append(_answer(found) if found.answered_at is not None else _extension(found))
    if found.answered_at is not None and found.answer != Answer.REFUSED:
        sections.append(_given(found))
    if found.answered_at is not None and found.answer != Answer.GRANTED:
        sections.append(_remedy(found))
    tenant = db.session.get_one(Tenant, found.tenant_id)
    return document_sheet(
        title=_TITLE,
        facts=[
            ("案號", found.serial),
            ("請求人", found.person_name),
            ("當事人", found.subject_name or "請求人本人"),
            ("請求種類", rules.RIGHT_NAMES[Right(found.right)]),
            ("決定日期", format_date(civil_day(found.answered_at)) if found.answered_at else "尚未決定"),
            ("收件日期", format_date(found.received_on)),
            ("答復期限", format_date(found.due_on)),
        ],
        sections=sections,
        signing=("首長或負責人",),
        sent_to=found.person_name,
        imprint=Imprint(institution=tenant.name, printed_at=clock.now(), printed_by=printed_by),
    )


def _footage(found: RightsRequest) -> list[str]:
    if found.asked_from is None or found.asked_until is None:
        return []
    return [f"影像：{found.camera_name}　{format_span(found.asked_from, found.asked_until)}"]


def _extension(found: RightsRequest) -> Section:
    words = f"依{rules.DEADLINE_ARTICLE}延長答復期限至{format_date(found.due_on)}，原因：{found.extension_reason}"
    return Section(heading="延長期限", paragraphs=[words])


def _answer(found: RightsRequest) -> Section:
    answer = Answer(found.answer)
    words = [f"決定：{ANSWER_NAMES[answer]}"]
    if answer is not Answer.GRANTED:
        words.append(f"法定事由：個人資料保護法，{GROUND_NAMES[RefusalGround(found.refusal_ground)]}")
    if found.reasons:
        words.append(f"理由：{found.reasons}")
    if answer is not Answer.REFUSED and found.third_parties:
        words.append("影像中其他人的部分，遮蔽後提供。")
    return Section(heading="答復", paragraphs=words)


def _given(found: RightsRequest) -> Section:
    """How it is given: on which medium with which hash, once that was read back; else what is still to come."""
    words = rules.given_words(queries.copies(tenant_id=found.tenant_id, rights_id=found.id)).splitlines()
    pending = "複製本寫入媒體並讀回核對後交付。" if found.right == Right.COPY else "由本機構通知時間與方式。"
    return Section(heading="提供的方式", paragraphs=words or [found.manner or pending])


def _remedy(found: RightsRequest) -> Section:
    """How to object, in the words of the profile: 訴願 against a public institution only (`Remedies`)."""
    rule = of_institution(tenant_id=found.tenant_id, day=clock.today())
    ownership = db.session.get_one(Tenant, found.tenant_id).ownership
    return Section(heading="不服本決定時", paragraphs=[rule.remedies.personal_data(ownership)])
