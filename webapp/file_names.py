"""What a file is called that somebody saves: by case and institution, and a name on any disk (RFC 6266, RFC 8187)."""

import re
from urllib.parse import quote

_LONGEST = 100  # a disk takes 255 bytes, of which a character of ours has three or four
# A path, a drive, a wildcard or an escape on one system or another; a space would have to be quoted in a terminal.
_UNSAFE = re.compile(r'[\s<>:"/\\|?*%]+')
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")
_HYPHENS = re.compile(r"-{2,}")
_NAMELESS = "file"


def disposition(stem: str, ending: str, *, shown: bool = False) -> str:
    """The header that names a file: to be saved or, when `shown`, opened in the browser.

    A plain file name in a header is ASCII, so that the Chinese one stands beside it, and what is left of it without.
    """
    name = safe(stem)
    plain = _HYPHENS.sub("-", _NOT_PLAIN.sub("-", name)).strip("-.") or _NAMELESS
    full = quote(f"{name}.{ending}", safe="")
    return f"{'inline' if shown else 'attachment'}; filename=\"{plain}.{ending}\"; filename*=UTF-8''{full}"


def safe(stem: str) -> str:
    """The same words as the name of a file on any system; nothing that hides in a line, as marks of direction do."""
    visible = "".join(character if character.isprintable() else "-" for character in stem)
    return _UNSAFE.sub("-", visible).strip("-.")[:_LONGEST] or _NAMELESS
