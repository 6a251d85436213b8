"""Places where no camera may be (KH-3-6, DR-19), by the words that people name them with."""

import re
import unicodedata

# By the code under which an attempt is told, so that nobody has to read what was typed.
_WORDS = {
    "washroom": "廁|盥洗|洗手間|化妝室|toilet|restroom|washroom|(?<![a-z])wc(?![a-z])",
    "bathroom": "浴室|澡間|淋浴|bathroom|shower",
    "changing_room": "更衣|locker|changing",
    "nursing_room": "哺|集乳|育嬰室|nursing",
    "nappy_place": "尿布",
    "dormitory": "宿舍|dormitory",
}
_PRIVATE_PLACE = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _WORDS.items()))
# Tried on what follows the place: 「廁所入口前走廊」 is outside of it, 「男廁內」 is not, and 「2F 女廁」 does not say.
_INSIDE = re.compile("內|裡|裏|隔間|inside")
_OUTSIDE = re.compile("入口|門口|門外|外|前|旁|走廊|走道|對面|附近|entrance|outside|corridor|door")


def names_private_place(name: str) -> bool:
    """Whether a name says, or leaves open, that it is inside such a place."""
    return private_place_in(name) is not None


def private_place_in(name: str) -> str | None:
    """The code of the place that a name says, or leaves open, that it is inside of; None where it is outside."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).lower()
    places = list(_PRIVATE_PLACE.finditer(text))
    if not places:
        return None
    rest = text[places[-1].end() :]
    return None if _OUTSIDE.search(rest) and not _INSIDE.search(rest) else places[-1].lastgroup
