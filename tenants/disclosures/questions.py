"""What a case asks, gathered for the rules of deciding."""

from collections.abc import Mapping
from uuid import UUID

from infra import clock
from tenants.disclosures import availability, documents, rules
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.rules import AskedWindow, Question
from tenants.footage.rules import OLDEST
from tenants.people import queries as people
from tenants.registry.regulations import profile_version


def question_of(disclosure: Disclosure, windows: Mapping[UUID, DisclosureWindow]) -> Question:
    """The case as `rules.check_decision` looks at it, by the regulation it was filed under (DR-10)."""
    asked = {key: asked_of(window) for key, window in windows.items()}
    rule = profile_version(disclosure.profile, disclosure.profile_version)
    left = {key: left_of(disclosure, window) for key, window in windows.items()}
    return Question(
        windows=asked,
        destroyed=frozenset(key for key, found in left.items() if found.destroyed),
        absent=frozenset(
            key for key, window in windows.items() if not left[key].recorded and not may_still_arrive(window)
        ),
        missing=documents.missing(disclosure),
        broad=rules.is_broad(list(asked.values()), disclosure.scope),
        wants_copy=disclosure.wants_copy,
        copy_necessity=disclosure.copy_necessity,
        copy_needs_necessity=rule.agency.copy_needs_necessity,
        filed_by=disclosure.filed_by,
        members=frozenset(
            user.id for _role, user in people.staff(tenant_id=disclosure.tenant_id) if user.deactivated_at is None
        ),
    )


def asked_of(window: DisclosureWindow) -> AskedWindow:
    """The window as it was asked for."""
    return AskedWindow(camera_id=window.camera_id, started_at=window.started_at, ended_at=window.ended_at)


def may_still_arrive(window: DisclosureWindow) -> bool:
    """Whether a box that was offline may still deliver the window; what is older is refused at the door."""
    return window.ended_at > clock.now() - OLDEST


def left_of(disclosure: Disclosure, window: DisclosureWindow) -> availability.Left:
    """What is still there of the window, the copies of the case's hold included."""
    return availability.of_span(tenant_id=disclosure.tenant_id, span=window, hold_id=disclosure.hold_id)
