"""What an agency can do that was refused, wholly or in part: told on its page, and to whom writes the reply to it.

The regulations know one way only, another letter to the institution, whose consent it takes; they give the bureau no
say, and so nothing is promised in its name. The sentence about objecting is the profile's (`Remedies`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tenants.disclosures.official.queries import Case
from tenants.profiles import Clause
from tenants.roc_dates import format_date
from webapp.case_progress import decision_of, rules_of

_REFUSED = ("不同意", "部分同意")


@dataclass(frozen=True)
class WayOn:
    """One way that is open, and the article it rests on."""

    sentence: str
    article: str


def ways_on(case: Case) -> Sequence[WayOn]:
    """The ways of an agency that did not get all it asked for; none for one that did, or still waits."""
    if decision_of(case) not in _REFUSED:
        return ()
    rules = rules_of(case)
    until = f"先行保全的影像保全至{format_date(case.hold_ends_on)}，請於期限前提出。" if case.hold_ends_on else ""
    return (
        WayOn(
            f"得再以公文向{case.institution}申請，補充執行職務必要的理由，並載明法令依據、調閱目的、範圍及用途。{until}",
            rules.article(Clause.AGENCY_DOCUMENT),
        ),
        WayOn(rules.remedies.agency, rules.article(Clause.CONSENT)),
    )
