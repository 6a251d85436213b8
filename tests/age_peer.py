"""The age of JavaScript, by age's own author: an implementation that knows nothing of ours, run by a few lines."""

import json
import subprocess
from base64 import b64decode, b64encode

from infra.stack.assets import node
from tests.components import AGE_ENCRYPTION

_PROGRAM = """
import { readFileSync } from "node:fs";
const [address] = process.argv.slice(1);
const { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } = await import(address);
const asked = JSON.parse(readFileSync(0, "utf8"));
const data = Buffer.from(asked.data ?? "", "base64");
const said = {};
if (asked.act === "new") {
  said.secret = await generateHybridIdentity();
  said.recipient = await identityToRecipient(said.secret);
} else if (asked.act === "recipient") {
  said.recipient = await identityToRecipient(asked.secret);
} else if (asked.act === "encrypt") {
  const made = new Encrypter();
  asked.recipients.forEach((recipient) => made.addRecipient(recipient));
  said.data = Buffer.from(await made.encrypt(data)).toString("base64");
} else {
  const made = new Decrypter();
  made.addIdentity(asked.secret);
  said.data = Buffer.from(await made.decrypt(data)).toString("base64");
}
process.stdout.write(JSON.stringify(said));
"""


def new_identity() -> tuple[str, str]:
    """The secret and the public half of a hybrid key that the peer made."""
    said = _asked({"act": "new"})
    return said["secret"], said["recipient"]


def recipient_of(secret: str) -> str:
    """What the peer says is the public half."""
    return _asked({"act": "recipient", "secret": secret})["recipient"]


def encrypt(plain: bytes, *recipients: str) -> bytes:
    """A file as the peer makes it."""
    return b64decode(_asked({"act": "encrypt", "recipients": recipients, "data": _text(plain)})["data"])


def decrypt(cipher: bytes, secret: str) -> bytes:
    """What the peer opens. Raises `CalledProcessError`."""
    return b64decode(_asked({"act": "decrypt", "secret": secret, "data": _text(cipher)})["data"])


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _asked(document: dict[str, object]) -> dict[str, str]:
    done = subprocess.run(  # noqa: S603 - our own words
        [node(), "--input-type=module", "--eval", _PROGRAM, AGE_ENCRYPTION.as_uri()],
        input=json.dumps(document).encode(),
        capture_output=True,
        check=True,
    )
    said: dict[str, str] = json.loads(done.stdout)
    return said
