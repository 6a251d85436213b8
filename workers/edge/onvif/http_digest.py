"""The digest login of HTTP (RFC 7616): what newer cameras want for ONVIF in place of WS-Security's."""

import hashlib
import re
import secrets

from infra.stream_addresses import Login

_FIELD = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_ALGORITHMS = {"md5": "md5", "sha-256": "sha256"}


def answer_to(challenge: str, login: Login, *, method: str, path: str) -> str:
    """The value of an `Authorization` header. What the camera asks for and we do not know is answered as MD5."""
    asked = {name.lower(): quoted or plain for name, quoted, plain in _FIELD.findall(challenge)}
    algorithm = asked.get("algorithm", "MD5")
    realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
    once, count = secrets.token_hex(8), "00000001"
    secret = _hash(algorithm, f"{login.user}:{realm}:{login.password}")
    question = _hash(algorithm, f"{method}:{path}")
    protected = "auth" in re.split(r"[\s,]+", asked.get("qop", ""))
    middle = f"{nonce}:{count}:{once}:auth" if protected else nonce
    fields = {
        "username": login.user.replace("\\", "\\\\").replace('"', '\\"'),
        "realm": realm,
        "nonce": nonce,
        "uri": path,
        "response": _hash(algorithm, f"{secret}:{middle}:{question}"),
    }
    fields |= {"opaque": asked["opaque"]} if "opaque" in asked else {}
    said = [f'{name}="{value}"' for name, value in fields.items()]
    said += [f"algorithm={algorithm}"] if "algorithm" in asked else []
    said += ["qop=auth", f"nc={count}", f'cnonce="{once}"'] if protected else []
    return "Digest " + ", ".join(said)


def _hash(algorithm: str, text: str) -> str:
    return hashlib.new(_ALGORITHMS.get(algorithm.lower(), "md5"), text.encode(), usedforsecurity=False).hexdigest()
