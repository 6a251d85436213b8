"""Opening footage as a thief would who has the master key, the database and the store of the moment."""

from contextlib import suppress

from infra import age
from infra.kms import FileKms, Kms
from infra.objects import S3Objects
from infra.shares import ShareMissing, unseal
from tenants.footage.keys import day_lock
from tests.year.seen import Day
from tests.year.servers import BUCKET, Servers


class Opener:
    """Everything that is needed, with the rights of the store's owner."""

    def __init__(self, servers: Servers) -> None:
        self._database = servers.database
        self._store = S3Objects(servers.ceph.root(BUCKET))
        self._kms: Kms = FileKms(servers.home / "secrets" / "master.key")

    def secret(self, day: Day) -> str | None:
        """The secret of a day, if row, share and master key give it."""
        query = "select * from day_keys where tenant_id = %s and civil_day = %s and retention_days = %s"
        for row in self._database.rows(query, *day):
            if row["wrapped_secret"] is not None:
                lock = day_lock(tenant_id=day[0], day=day[1], retention_days=day[2], recipient=row["recipient"])
                with suppress(ShareMissing):
                    return unseal(row["wrapped_secret"], lock, kms=self._kms, store=self._store).decode()
        return None

    def read(self, day: Day, cipher: bytes) -> bytes | None:
        """What bytes that somebody kept aside open to; None when they do not."""
        secret = self.secret(day)
        if secret is not None:
            with suppress(age.CannotDecrypt):
                return age.decrypt(cipher, secret)
        return None
