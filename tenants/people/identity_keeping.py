"""How an identity number is kept: sealed to the institution, and found again by a keyed hash only (DR-22).

Beside both, a row holds the kind and the masked form, which is all that a page shows. The web process seals and looks
up; opening needs the records key, and so the master key, which only media and worker hold.
"""

import json
from uuid import UUID

from infra import age
from infra.lookup_keys import LookupKey, LookupSecret
from tenants.errors import Tampered
from tenants.people.identity_numbers import IdentityNumber, Kind

_PURPOSE = "identity_number"


def sealed(number: IdentityNumber, recipient: str, *, row: UUID) -> bytes:
    """The number as an age file to the institution's records key, bound to the row that will hold it."""
    said = {"row": str(row), "kind": number.kind, "number": number.full, "country": number.country}
    return age.encrypt(json.dumps(said, ensure_ascii=False).encode(), recipient)


def opened(cipher: bytes, secret: str, *, row: UUID) -> IdentityNumber:
    """The number, for one print and no longer. Raises `Tampered` when it was sealed for another row, or changed."""
    try:
        said = json.loads(age.decrypt(cipher, secret))
        number = IdentityNumber(kind=Kind(said["kind"]), full=said["number"], country=said["country"])
    except (age.CannotDecrypt, ValueError, KeyError, TypeError) as error:
        raise Tampered("證號的密文無法開啟，可能已被更動。") from error
    if said["row"] != str(row):
        raise Tampered("證號的密文屬於另一筆資料，可能已被調換。")
    return number


def lookup_key(secret: LookupSecret, *, tenant_id: UUID) -> LookupKey:
    """The key under which this institution finds identity numbers, and no other institution finds the same."""
    return secret.key(tenant_id=tenant_id, purpose=_PURPOSE)


def search_key(number: IdentityNumber, key: LookupKey) -> str:
    """What a row keeps to be found by: 64 hex digits, the same whenever the same number is typed at this institution.

    The kind is part of it, so that no passport meets an identity card. The country is not: it is free text, and
    日本 and Japan would be two people. Whoever finds a passport compares the country beside it.
    """
    return key.digest(number.kind, number.full)
