"""How a review of accounts is shown, to a school's head and to the bureau's operator alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from infra import clock
from tenants.people import queries as people
from tenants.people.models import User
from tenants.people.reviews import queries, signals
from tenants.people.reviews.models import AccountReview, Verdict
from tenants.people.reviews.signals import Signal
from tenants.people.reviews.standing import ReviewsStanding, standing
from tenants.permissions import ROLE_NAMES, Role

VERDICT_NAMES = {Verdict.CONFIRMED: "確認仍需使用", Verdict.ENDED: "已結束"}


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account, its roles here, and what was said of it in the review that is under way; empty for nothing yet."""

    user: User
    roles: str
    verdict: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """Everything of the page."""

    stands: ReviewsStanding
    open: AccountReview | None
    accounts: Sequence[Account]
    signals: Sequence[Signal]

    @property
    def left(self) -> int:
        """How many accounts wait for a word."""
        return sum(not each.verdict for each in self.accounts)


def page(*, tenant_id: UUID) -> Page:
    """For the institution, or the bureau, to which the session is bound."""
    now = clock.now()
    under_way = next((each for each in queries.reviews(tenant_id=tenant_id) if each.completed_at is None), None)
    said = queries.verdicts(tenant_id=tenant_id, review_id=under_way.id) if under_way else {}
    roles: dict[UUID, list[str]] = {}
    users: dict[UUID, User] = {}
    for held, user in people.staff(tenant_id=tenant_id):
        users[user.id] = user
        roles.setdefault(user.id, []).append(ROLE_NAMES[Role(held.role)])
    return Page(
        stands=standing(tenant_id=tenant_id, day=clock.civil_day(now)),
        open=under_way,
        accounts=[
            Account(
                user=user,
                roles="、".join(roles[user_id]),
                verdict=VERDICT_NAMES[Verdict(said[user_id].verdict)] if user_id in said else "",
            )
            for user_id, user in users.items()
        ],
        signals=signals.signals(tenant_id=tenant_id, now=now),
    )
