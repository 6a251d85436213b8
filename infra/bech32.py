"""Bech32 (BIP 173) as age spells keys: a prefix, a 1, the bytes at five bits a letter, six letters of checksum.

Of any length: age drops the limit of 90 letters, since a post-quantum key has 1,959.
"""

from collections.abc import Iterable, Iterator, Sequence

_LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6
_FIVE, _EIGHT = 5, 8


def encoded(prefix: str, data: bytes) -> str:
    """The text, in lower case; whoever wants the other one makes all of it so."""
    values = list(_regrouped(data, _EIGHT, _FIVE, pad=True))
    sum_ = _remainder([*_expanded(prefix), *values, *[0] * _CHECKSUM]) ^ 1
    checksum = [sum_ >> _FIVE * (_CHECKSUM - 1 - at) & 31 for at in range(_CHECKSUM)]
    return f"{prefix}1{''.join(_LETTERS[value] for value in [*values, *checksum])}"


def decoded(text: str) -> tuple[str, bytes]:
    """Prefix, in lower case, and bytes. Raises `ValueError` for a wrong checksum and every other spelling."""
    lower = text.lower()
    prefix, one, letters = lower.rpartition("1")
    if text not in {lower, text.upper()} or not prefix or not one or not letters.isascii():
        raise ValueError("no bech32")
    try:
        values = [_VALUES[letter] for letter in letters]
    except KeyError as error:
        raise ValueError("no letter of bech32") from error
    if len(values) < _CHECKSUM or _remainder([*_expanded(prefix), *values]) != 1:
        raise ValueError("the checksum is wrong")
    return prefix, bytes(_regrouped(values[:-_CHECKSUM], _FIVE, _EIGHT, pad=False))


def _expanded(prefix: str) -> Sequence[int]:
    codes = prefix.encode()
    return [*(code >> _FIVE for code in codes), 0, *(code & 31 for code in codes)]


def _remainder(values: Iterable[int]) -> int:
    found = 1
    for value in values:
        top = found >> 25
        found = (found & 0x1FFFFFF) << _FIVE ^ value
        for at, generator in enumerate(_GENERATORS):
            if top >> at & 1:
                found ^= generator
    return found


def _regrouped(values: Iterable[int], width: int, wanted: int, *, pad: bool) -> Iterator[int]:
    """The same bits in groups of another width. Without `pad` what is left over must be short and zero."""
    held, bits = 0, 0
    for value in values:
        held, bits = held << width | value, bits + width
        while bits >= wanted:
            bits -= wanted
            yield held >> bits
            held &= (1 << bits) - 1
    if pad and bits:
        yield held << wanted - bits
    elif not pad and (bits >= width or held):
        raise ValueError("the last letter says more than the bytes have")
