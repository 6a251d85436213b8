"""The page on which each role of the bureau begins: what that role has to do now."""

from collections.abc import Collection, Mapping

from tenants.permissions import Permission, Role

# Words, address, and the permission that the page asks for.
_FIRST: Mapping[Role, tuple[str, str, Permission]] = {
    Role.BUREAU_OFFICER: ("合規總覽", "/bureau/", Permission.COMPLIANCE_READ),
    Role.OPERATOR: ("平台健康情形", "/bureau/platform", Permission.PLATFORM_READ),
    Role.AUDITOR: ("稽核", "/bureau/audit", Permission.AUDIT_READ),
}


def first_page(roles: Collection[Role]) -> tuple[str, str] | None:
    """Words and address for somebody at the bureau; of several roles the first in this order. None for others."""
    for role, (words, address, _needed) in _FIRST.items():
        if role in roles:
            return words, address
    return None


def needed() -> Mapping[Role, tuple[str, Permission]]:
    """The address on which each role begins, and what it asks for; a test keeps the two true."""
    return {role: (address, permission) for role, (_words, address, permission) in _FIRST.items()}
