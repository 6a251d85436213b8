"""The page on which each role of the bureau begins: what that role has to do now."""

from collections.abc import Collection, Mapping

from tenants.permissions import Role

# Words and address; of several roles that somebody holds, the first here counts.
FIRST_PAGES: Mapping[Role, tuple[str, str]] = {
    Role.BUREAU_OFFICER: ("合規總覽", "/bureau/"),
    Role.OPERATOR: ("平台健康情形", "/bureau/platform"),
    Role.AUDITOR: ("稽核", "/bureau/audit"),
}


def first_page(roles: Collection[Role]) -> tuple[str, str] | None:
    """Words and address for somebody at the bureau; None for others."""
    return next((page for role, page in FIRST_PAGES.items() if role in roles), None)
