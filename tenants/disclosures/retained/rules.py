"""Pure decisions about the copy for reference: no I/O, no clock, no session."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from infra import clock
from infra.manifest import microseconds
from tenants import periods
from tenants.disclosures.packages.manifest import ApprovedWindow
from tenants.disclosures.packages.parts import PackagePart
from tenants.errors import Invalid, Tampered, refuse
from tenants.retention.models import EXCEPTIONS, HoldBasis
from tenants.retention.rules import REVIEW_MONTHS, Grounds, hold_faults
from tenants.roc_dates import format_date

# As a regulation's `dispose_when_unneeded`: a copy that nobody needs any more has to go, or may.
MUST = "must"


def check_within(parts: Iterable[PackagePart], windows: Iterable[ApprovedWindow]) -> None:
    """Raise `Tampered` unless every part lies within what was approved: exactly that is kept and no more (KH-6-4a)."""
    approved = {window.id: window for window in windows}
    for part in parts:
        window = approved.get(part.window_id)
        if (
            window is None
            or part.camera_id != window.camera_id
            or part.started_us < microseconds(window.started_at)
            or part.ended_us > microseconds(window.ended_at)
        ):
            raise Tampered("影像超出核准的鏡頭或時段，備查複製本未製作。請洽平台維運人員。")


def first_review(*, made_on: date, oldest: date) -> date:
    """When somebody asks whether a copy is still needed: after six months, and before its year is over (KH-6-4b)."""
    review = min(periods.add_months(made_on, REVIEW_MONTHS), periods.reviewed_by(oldest))
    return max(made_on, review)


def goes_at(*, oldest: datetime, basis: HoldBasis) -> datetime | None:
    """The instant at which a copy goes by itself, whoever forgot it: its year's last day (KH-5-4a, TY-4-4a).

    None under an exception of the law (KH-5-4b, KH-5-4c).
    """
    if basis in EXCEPTIONS:
        return None
    return clock.day_start(periods.destroyed_by(clock.civil_day(oldest)))


def check_extension(*, oldest: date, review_on: date, reason: str, grounds: Grounds, today: date) -> None:
    """Raise `Invalid` unless a copy may be kept until this next review: past its year under an exception only."""
    refuse(extension_faults(oldest=oldest, review_on=review_on, reason=reason, grounds=grounds, today=today))


def extension_faults(
    *, oldest: date, review_on: date | None, reason: str, grounds: Grounds, today: date
) -> Iterator[Invalid]:
    """All that `check_extension` asks, so that it is told in one round."""
    if not reason.strip():
        yield Invalid("請填寫續存的理由。", field="reason")
    if review_on is not None and review_on <= today:
        yield Invalid("下次複查日應在今天之後。", field="review_on")
    if grounds.basis is not HoldBasis.REQUEST:
        said = {"reference": grounds.reference, "document": grounds.document, "necessity": grounds.necessity}
        yield from hold_faults(basis=grounds.basis, **said, review_on=review_on, today=today)
    elif review_on is not None and review_on > periods.reviewed_by(oldest):
        yield Invalid(
            f"影像至遲應於{format_date(periods.destroyed_by(oldest))}銷毀，複查日應在這一天之前。"
            "逾一年仍須保存者，應另填其他法律規定，或調查犯罪及其他違法行為的案號及文號。",
            field="basis",
        )


def check_custody(*, custodian: str, place: str, required: bool) -> None:
    """Raise `Invalid`, with the field, where the regulation asks who keeps a copy and where (TY-5-3a)."""
    refuse(custody_faults(custodian=custodian, place=place, required=required))


def custody_faults(*, custodian: str, place: str, required: bool) -> Iterator[Invalid]:
    """All that `check_custody` asks, so that it is told in one round."""
    if required and not custodian.strip():
        yield Invalid("請填寫保管人姓名或職稱。複製本應妥善保管。", field="custodian")
    if required and not place.strip():
        yield Invalid("請填寫保管處所。複製本應妥善保管。", field="place")


def is_kept(*, custodian: str, place: str, required: bool) -> bool:
    """Whether it is known who keeps a copy and where, as far as the regulation asks for it."""
    return not required or bool(custodian and place)
