"""Which kind of ring this process was told to use."""

from infra.kms.aws import AwsKms
from infra.kms.file import FileKms
from infra.kms.ring import RingKms
from infra.settings import KmsSettings


def chosen(settings: KmsSettings) -> RingKms:
    """The master keys as the settings say. Raises `BadKeyFile`."""
    return AwsKms(settings) if settings.aws_key else FileKms(settings.file)
