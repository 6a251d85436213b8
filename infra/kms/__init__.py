"""The master keys: they wrap the private half of every day, hold, package and records key.

Only the media and worker processes are given them (design section 4). There may be several in a ring: the current one
wraps, the others only open, and each wrapped secret names its own (infra/decisions/0011). Where the ring lies is chosen
by settings: in a file that holds the keys themselves, or in one that AWS KMS must open.
"""

from infra.kms.aws import AwsKms
from infra.kms.choice import chosen
from infra.kms.file import FileKms, create_master_key
from infra.kms.ring import (
    KEY_ID_BYTES,
    BadKeyFile,
    CannotUnwrap,
    KeyInUse,
    Kms,
    KmsUnavailable,
    RingKms,
    key_id_of,
)

__all__ = [
    "KEY_ID_BYTES",
    "AwsKms",
    "BadKeyFile",
    "CannotUnwrap",
    "FileKms",
    "KeyInUse",
    "Kms",
    "KmsUnavailable",
    "RingKms",
    "chosen",
    "create_master_key",
    "key_id_of",
]
