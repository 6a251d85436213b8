"""The Merkle tree hash of RFC 6962 section 2.1 over the manifest lines of what was destroyed.

One root on the certificate stands for every segment: whoever holds a line can later prove that it was among them, and
nobody can add or leave out one afterwards.
"""

from collections.abc import Iterable

from tenants.audit.merkle import Frontier

METHOD = "RFC 6962, SHA-256; leaves are the devices' manifest lines in UTF-8, ordered by camera, start and id"


def merkle_root(leaves: Iterable[bytes]) -> str:
    """The root in hex, in memory that grows with the logarithm of the leaves. Of nothing it is the hash of nothing."""
    return Frontier().extended(leaves).root().hex()
