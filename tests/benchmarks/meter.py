"""How much of a core something took, whoever else wants the machine: its own process and the database server's."""

from pathlib import Path

import psutil


class Meter:
    """Seconds of processor time of a PostgreSQL server since the meter was made, all its processes together."""

    def __init__(self, folder: Path) -> None:
        """Read the server whose cluster lies in this folder."""
        number = (folder / "cluster" / "postmaster.pid").read_text(encoding="ascii").splitlines()[0]
        self._server = psutil.Process(int(number))
        self._before = self._total()

    def seconds(self) -> float:
        """What it has used since."""
        return self._total() - self._before

    def _total(self) -> float:
        """The living, and those that the server has seen end."""
        own = self._server.cpu_times()
        total = own.user + own.system + own.children_user + own.children_system
        for child in self._server.children():
            try:
                used = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += used.user + used.system
        return total
