"""Each regulation as data: parameters, the article behind each, and from when (design section 7).

What a regulation does not say is absent from its file and None here; one regulation's rule is never another's (TY-X-1).
"""

from tenants.profiles.loading import CODES, UnknownProfile, parse, profile, profile_version, versions
from tenants.profiles.model import Clause, RuleProfile

__all__ = ["CODES", "Clause", "RuleProfile", "UnknownProfile", "parse", "profile", "profile_version", "versions"]
