"""A private Postgres server: installed where that's possible, in a folder and on a port of its own, gone afterwards.

It speaks another language than the models were written with: its databases sort like English, its clock is in India,
and it writes days before months, so that a figure that depends on such a thing comes out differently here.
"""

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg2

HOST = "127.0.0.1"
DEBIAN = Path("/usr/lib/postgresql")
OLDEST = 15
SETTINGS = {
    "timezone": "Asia/Kolkata",
    "datestyle": "ISO, DMY",
    # Nobody's data: what a crash would lose, the next run makes again.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    # It would compile all branches of metric_contributions, for two minutes, to run one of them for two seconds (README).
    "jit": "off",
}
PIPELINE, BI = "pipeline", "bi"


class NoServerError(Exception):
    """There is no Postgres here and none can be installed; the message says what to do."""


@dataclass(frozen=True)
class Server:
    """A running server and its roles: admin, the pipeline that builds, the BI tool that reads."""

    port: int
    passwords: dict[str, str] = field(repr=False)

    def connect(self, role: str = "postgres", database: str = "postgres"):
        """A connection as a role; each statement stands for itself."""
        connection = psycopg2.connect(
            host=HOST, port=self.port, user=role, password=self.passwords[role], dbname=database
        )
        connection.autocommit = True
        return connection

    def create_database(self, name: str) -> str:
        """A new, empty database that the pipeline owns."""
        with self.connect().cursor() as cursor:
            cursor.execute(f"create database {name} owner {PIPELINE}")
        return name

    def environment(self, database: str) -> dict[str, str]:
        """What profiles.example.yml takes from the environment, for the pipeline."""
        return {
            "CS_METRICS_TARGET": "postgres",
            "POSTGRES_HOST": HOST,
            "POSTGRES_PORT": str(self.port),
            "POSTGRES_USER": PIPELINE,
            "POSTGRES_PASSWORD": self.passwords[PIPELINE],
            "POSTGRES_DB": database,
        }


@contextmanager
def running_server():
    """Start a server, with its roles; stop it and remove its folder in the end."""
    programs = find_programs() or install()
    check_version(programs)
    # initdb and postgres refuse to run as root.
    user = "postgres" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="cs_metrics_postgres_"))
    data, log = folder / "data", folder / "log"
    passwords = {role: secrets.token_urlsafe(16) for role in ("postgres", PIPELINE, BI)}
    (folder / "password").write_text(passwords["postgres"])
    if user:
        for path in (folder, folder / "password"):
            shutil.chown(path, user)
    port = free_port()
    settings = SETTINGS | {"port": port, "listen_addresses": HOST, "unix_socket_directories": folder}
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    try:
        run(
            [
                programs / "initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", folder / "password",
                "-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US", "--no-sync",
            ],
            user,
            folder,
        )
        run([programs / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start"], user, folder)
        server = Server(port, passwords)
        with server.connect().cursor() as cursor:
            for role in (PIPELINE, BI):
                cursor.execute(f"create role {role} login password %s", [passwords[role]])
        yield server
    finally:
        if (data / "postmaster.pid").exists():
            run([programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"], user, folder)
        shutil.rmtree(folder, ignore_errors=True)


def find_programs() -> Path | None:
    """The folder with initdb and pg_ctl: on the path, or Debian's newest."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = [path.parent for path in DEBIAN.glob("*/bin/initdb")]
    return max(found, key=lambda path: int(path.parent.name), default=None)


def install() -> Path:
    """Install Debian's server; elsewhere say what to do."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        raise NoServerError(
            "Postgres' server is not installed here (no initdb), and only root on Debian or Ubuntu can have it installed "
            "by this test. Install it with the system's package manager, put initdb on the PATH, and run this again."
        )
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "postgresql"]):
        done = subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise NoServerError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")
    pwd.getpwnam("postgres")
    return find_programs()


def check_version(programs: Path) -> None:
    """Older servers have neither the order of letters nor the closed schema `public` that the tests are about."""
    said = subprocess.run([programs / "initdb", "--version"], text=True, stdout=subprocess.PIPE, check=True).stdout
    if int(re.search(r"\d+", said).group()) < OLDEST:
        raise NoServerError(f"Postgres {OLDEST} or newer is needed; {programs} has {said.strip()}.")


def run(command: list, user: str | None, folder: Path) -> None:
    """Run one of Postgres' programs in the server's folder; a failure says what it said."""
    as_user = ["runuser", "-u", user, "--"] if user else []
    # pg_ctl's child keeps the output open: into a file with it, or we would wait for the server's end.
    with (folder / "output").open("w+") as output:
        done = subprocess.run([*as_user, *map(str, command)], cwd=folder, stdout=output, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            output.seek(0)
            log = folder / "log"
            raise NoServerError(f"{command[0]} failed:\n{output.read()}{log.read_text() if log.exists() else ''}")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
