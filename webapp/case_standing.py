"""The mark and words with which a case stands in a list and at the head of its page, for either side."""

from collections.abc import Mapping

from tenants.disclosures import halts
from tenants.disclosures.lifecycle import STATE_NAMES
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official.case_lines import CaseLine
from tenants.disclosures.official.queries import Case

_S = DisclosureState
_GRANTED = (_S.APPROVED, _S.PARTIALLY_APPROVED, _S.EXPORTED)
_GIVEN = (*_GRANTED, _S.VIEWED)
_BADGES: Mapping[DisclosureState, str] = {
    _S.SUBMITTED: "warn",
    _S.RETURNED: "warn",
    _S.RESOLVED: "warn",
    _S.APPROVED: "good",
    _S.PARTIALLY_APPROVED: "good",
    _S.REFUSED: "bad",
    _S.EXPORTED: "good",
    _S.VIEWED: "good",
    _S.CLOSED: "info",
    _S.WITHDRAWN: "info",
}


def standing(
    state: DisclosureState, *, revoked: bool, reopened: bool, halted: bool, taken_back: bool
) -> tuple[str, str]:
    """The mark and words of a state; what waits, or was taken back or opened again, is no longer simply granted."""
    if halted and state in _GIVEN:
        return "bad", "已暫停"
    if taken_back and state in _GIVEN:
        return "bad", "已撤銷"
    if revoked and state in _GRANTED:
        return "warn", "已撤銷領取"
    if reopened and state is _S.EXPORTED:
        return "good", "重新開放領取"
    return badge_of(state), STATE_NAMES[state]


def standing_of_line(case: CaseLine) -> tuple[str, str]:
    """The mark and words of one line of a list."""
    return standing(
        case.state,
        revoked=case.revoked,
        reopened=case.copy_waits and case.reopened,
        halted=case.halted,
        taken_back=case.taken_back,
    )


def standing_of(case: Case) -> tuple[str, str]:
    """The mark and words of one case, as `standing` says them."""
    again = case.copy_is_open and case.package is not None and case.package.collected_at is not None
    return standing(
        case.state,
        revoked=case.is_revoked,
        reopened=again,
        halted=halts.waits(case.disclosure),
        taken_back=halts.taken_back(case.disclosure),
    )


def badge_of(state: DisclosureState) -> str:
    """Which mark a state bears: `good`, `warn`, `bad`, `info` or `unknown`."""
    return _BADGES[state]
