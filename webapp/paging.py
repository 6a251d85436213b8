"""Which page of a list was asked for."""

from flask import request

# No list of ours is so long; a number beyond it is nobody's page, and the database counts no further for ever.
_LAST = 100_000


def page_number() -> int:
    """The page of the address, from 1; whatever is no number is the first."""
    return min(max(1, request.args.get("page", 1, type=int)), _LAST)
