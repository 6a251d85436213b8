"""Every permission of the table is asked for somewhere: one that is granted and never asked for opens nothing."""

import re
from collections.abc import Iterable

from tenants.permissions import GRANTS, Permission
from tests.architecture.source import CODE, files

# A route's own demand, or an action's. That a page asks `may` before it shows a link protects nothing.
DEMAND = re.compile(r"(?:@requires\(|\.require\(|permission=)\s*Permission\.([A-Z_]+)\b")


def demanded(texts: Iterable[str]) -> set[str]:
    """The permissions without which something is refused."""
    return {name for text in texts for name in DEMAND.findall(text)}


def _code() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in files(".py", folders=CODE)]


def test_every_permission_is_demanded_somewhere() -> None:
    idle = {permission.name for permission in Permission} - demanded(_code())
    assert not idle, f"demand it at a route or in an action, or take it out of tenants/permissions.py: {sorted(idle)}"


def test_every_permission_is_granted_to_somebody() -> None:
    assert GRANTS.keys() == set(Permission)
    assert not [permission for permission in Permission if not GRANTS[permission]]


def test_the_guard_tells_a_demand_from_a_question() -> None:
    text = "@requires(Permission.A_READ, place=x)\nactor.require(Permission.B_DO)\nif actor.may(Permission.C_SEE):"
    assert demanded([text]) == {"A_READ", "B_DO"}
