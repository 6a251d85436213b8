"""答復書: what the institution answers a request about one's own data, as a sheet to be signed and sent (DR-28)."""

from infra import clock
from infra.db import db
from tenants.errors import InvalidTransition
from tenants.forms import Imprint, Section, Sheet, document_sheet
from tenants.registry.models import Tenant
from tenants.rights import rules
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
    tenant = db.session.get_one(Tenant, found.tenant_id)
    return document_sheet(
        title=_TITLE,
        facts=[
            ("案號", found.serial),
            ("請求人", found.person_name),
            ("當事人", found.subject_name or "請求人本人"),
            ("請求種類", rules.RIGHT_NAMES[Right(found.right)]),
            ("收件日期", format_date(found.received_on)),
            ("答復期限", format_date(found.due_on)),
        ],
        sections=sections,
        signing=("首長或負責人",),
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
        words.append(f"理由及救濟方式：{found.reasons}")
    if answer is not Answer.REFUSED and found.third_parties:
        words.append("影像中其他人的部分，遮蔽後提供。")
    return Section(heading="答復", paragraphs=words)
