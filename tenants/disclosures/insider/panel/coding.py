"""Names stand coded in what a panel writes down: its minutes go round among people outside the institution (DR-27)."""

from uuid import UUID

from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel.rules import folded
from tenants.errors import Invalid
from tenants.people import queries as people

_SHORTEST = 2  # one character is no name that could be told from a word


def check_coded(minutes: str, found: InsiderRequest) -> None:
    """Raise `Invalid`, field `minutes`, for the name of who asks, of the child, or of the staff whom it concerns."""
    said = folded(minutes)
    named = [name for name in _concerned(found) if len(folded(name)) >= _SHORTEST and folded(name) in said]
    if named:
        them = "、".join(f"「{name}」" for name in named)
        raise Invalid(
            f"會議紀錄請以代號記載，不寫姓名。請將{them}改為代號，例如「申請人」、「甲童」。",
            field="minutes",
            code="named",
        )


def _concerned(found: InsiderRequest) -> list[str]:
    staff = [user.name for each in found.excluded if (user := people.user(user_id=UUID(each))) is not None]
    return [found.applicant_name, found.child_name, *staff]
