"""A private key service that answers as AWS KMS does, for tests: Moto's server. What it holds dies with it."""

import sys
from pathlib import Path

import boto3

from infra.settings import KmsSettings
from infra.stack.processes import Server, free_port, listens

REGION = "us-east-1"
ALIAS = "alias/shouyuan"


class KeyService:
    """A running service on a loopback port with one key, known by its alias."""

    def __init__(self, folder: Path) -> None:
        """Start it and make the key."""
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        command: list[str | Path] = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)]
        self._server = Server(command, log=folder / "moto.log", name="moto", cwd=folder)
        self._server.wait_until(lambda: listens(self.port))
        self._client = boto3.client(
            "kms",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",  # noqa: S106 - the service asks for any
        )
        self._client.create_alias(AliasName=ALIAS, TargetKeyId=self.new_key())

    def new_key(self) -> str:
        """Another key of the service; its id."""
        made: str = self._client.create_key()["KeyMetadata"]["KeyId"]
        return made

    def point_alias_to(self, key: str) -> None:
        """Let the alias name another key, as an operator does who changes it."""
        self._client.update_alias(AliasName=ALIAS, TargetKeyId=key)

    def settings(self, file: Path) -> KmsSettings:
        """What a process is told that keeps its ring in `file`."""
        account = {"access_key": "test", "secret_key": "test"}
        return KmsSettings(file=file, aws_key=ALIAS, endpoint=self.endpoint, region=REGION, **account)

    def stop(self) -> None:
        """Stop the service."""
        self._server.stop()
