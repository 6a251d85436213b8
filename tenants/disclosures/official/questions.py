"""What a case asks, gathered for the rules of deciding."""

from collections.abc import Mapping
from uuid import UUID

from tenants.disclosures import asking, availability
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.official import documents
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.rules import Question
from tenants.people import queries as people
from tenants.registry.regulations import profile_version


def question_of(disclosure: OfficialRequest, windows: Mapping[UUID, DisclosureWindow]) -> Question:
    """The case as `rules.check_decision` looks at it, by the regulation it was filed under (DR-10)."""
    asked = {key: availability.asked_of(window) for key, window in windows.items()}
    rule = profile_version(disclosure.profile, disclosure.profile_version)
    gone = availability.out_of_reach(disclosure, windows)
    return Question(
        windows=asked,
        destroyed=gone.destroyed,
        absent=gone.absent,
        missing=documents.missing(disclosure),
        broad=asking.is_broad(list(asked.values()), disclosure.scope),
        wants_copy=disclosure.wants_copy,
        copy_necessity=disclosure.copy_necessity,
        copy_needs_necessity=rule.agency.copy_needs_necessity,
        filed_by=disclosure.filed_by,
        members=frozenset(
            user.id for _role, user in people.staff(tenant_id=disclosure.tenant_id) if user.deactivated_at is None
        ),
    )
