"""Master keys that only AWS KMS opens: the file holds each key as a data key encrypted by a key that never leaves AWS.

One call opens one master key, which is then kept in memory for a while; a call for each of thousands of day keys would
cost 10 ms each and meet the service's limits (infra/decisions/0011). What AWS is told about is a master key, never
whose footage is opened.
"""

import base64
import binascii
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.kms.ring import BadKeyFile, CannotUnwrap, KmsUnavailable, RingKms
from infra.settings import KmsSettings

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

# Bound to the encrypted data key as authenticated data, and shown in CloudTrail.
_CONTEXT = {"purpose": "shouyuan-master-key"}
# The bytes are not what AWS once encrypted, or it was for another purpose or by another key. All else may pass.
_NEVER = frozenset({"InvalidCiphertextException", "IncorrectKeyException"})
_HOLD_SECONDS = 15 * 60


class AwsKms(RingKms):
    """A line is the ARN of the AWS key and the encrypted data key. Whoever revokes that key in AWS ends every opening.

    At the latest when `hold_seconds` are over; so does an outage of the service that lasts longer, until it is back.
    """

    def __init__(self, settings: KmsSettings, *, hold_seconds: float = _HOLD_SECONDS) -> None:
        """Connects lazily, so that a process starts while the service is away; then nothing opens."""
        super().__init__(settings.file)
        self._settings = settings
        self.hold_seconds = hold_seconds

    def _new_line(self) -> str:
        with _translated():
            made = self._client.generate_data_key(
                KeyId=self._settings.aws_key, KeySpec="AES_256", EncryptionContext=_CONTEXT
            )
        return f"{made['KeyId']} {base64.b64encode(made['CiphertextBlob']).decode()}"

    def _opened(self, line: str) -> bytes:
        try:
            arn, encoded = line.split()
            blob = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error) as error:
            raise BadKeyFile(f"{self._path} does not hold keys of AWS KMS, one a line") from error
        with _translated():
            # By its own ARN: the alias may point to a newer key, and no other key may ever be used instead.
            key: bytes = self._client.decrypt(CiphertextBlob=blob, KeyId=arn, EncryptionContext=_CONTEXT)["Plaintext"]
        return key

    @cached_property
    def _client(self) -> "KMSClient":
        given = self._settings
        client: KMSClient = boto3.client(
            "kms",
            endpoint_url=given.endpoint or None,
            region_name=given.region,
            # Without an account of its own the machine's role speaks, as boto3 finds it.
            aws_access_key_id=given.access_key or None,
            aws_secret_access_key=given.secret_key or None,
            config=Config(connect_timeout=3, read_timeout=5, retries={"max_attempts": 3, "mode": "standard"}),
        )
        return client


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        kind = CannotUnwrap if code in _NEVER else KmsUnavailable
        raise kind(f"AWS KMS answered {code}") from error
    except BotoCoreError as error:
        raise KmsUnavailable(f"AWS KMS does not answer: {type(error).__name__}") from error
