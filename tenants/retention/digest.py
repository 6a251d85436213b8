"""The Merkle tree hash of RFC 6962 section 2.1 over the manifest lines of what was destroyed.

One root on the certificate stands for every segment: whoever holds a line can later prove that it was among them, and
nobody can add or leave out one afterwards.
"""

import hashlib
from collections.abc import Iterable

METHOD = "RFC 6962, SHA-256; leaves are the devices' manifest lines in UTF-8, ordered by camera, start and id"


def merkle_root(leaves: Iterable[bytes]) -> str:
    """The root in hex, in memory that grows with the logarithm of the leaves. Of nothing it is the hash of nothing."""
    stack: list[tuple[int, bytes]] = []  # (leaves below, hash), each a complete tree larger than the next
    for leaf in leaves:
        size, node = 1, hashlib.sha256(b"\x00" + leaf).digest()
        while stack and stack[-1][0] == size:
            left = stack.pop()[1]
            size, node = size * 2, hashlib.sha256(b"\x01" + left + node).digest()
        stack.append((size, node))
    if not stack:
        return hashlib.sha256(b"").hexdigest()
    root = stack.pop()[1]
    while stack:
        root = hashlib.sha256(b"\x01" + stack.pop()[1] + root).digest()
    return root.hex()
