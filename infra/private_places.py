"""Places where no camera may be (KH-3-6, DR-19), by the words that people name them with."""

import re
import unicodedata

_PRIVATE_PLACE = re.compile(
    "廁|盥洗|洗手間|化妝室|浴室|澡間|淋浴|更衣|哺|集乳|育嬰室|尿布|宿舍|"
    r"toilet|restroom|washroom|bathroom|shower|locker|changing|nursing|dormitory|(?<![a-z])wc(?![a-z])"
)
# Tried on what follows the place: 「廁所入口前走廊」 is outside of it, 「男廁內」 is not, and 「2F 女廁」 does not say.
_INSIDE = re.compile("內|裡|裏|隔間|inside")
_OUTSIDE = re.compile("入口|門口|門外|外|前|旁|走廊|走道|對面|附近|entrance|outside|corridor|door")


def names_private_place(name: str) -> bool:
    """Whether a name says, or leaves open, that it is inside such a place."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).lower()
    places = list(_PRIVATE_PLACE.finditer(text))
    if not places:
        return False
    rest = text[places[-1].end() :]
    return not (_OUTSIDE.search(rest) and not _INSIDE.search(rest))
