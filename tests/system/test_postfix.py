"""The outbox before a real Postfix: what it accepts lies in a mailbox once and unchanged, what it
refuses ends as refused with its words."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import select

from service.clock import FixedClock
from service.outbox.delivering import deliver_due
from service.outbox.freezing import frozen_message
from service.store import open_store
from service.store.tables import DeliveryRow
from service.store.tables.naming import DeliveryState
from tests.service.outbox.mails import NOW, freeze, readers, way

DAEMONS = Path("/usr/lib/postfix/sbin")
POSTFIX = shutil.which("postfix", path="/usr/sbin:/usr/bin")
MAIN = """compatibility_level = 3.6
queue_directory = {folder}/spool
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.works.example
mydestination =
mynetworks = 192.0.2.0/24
local_recipient_maps =
local_header_rewrite_clients =
alias_maps =
virtual_mailbox_domains = works.example
virtual_mailbox_base = {folder}/boxes
virtual_mailbox_maps = inline:{{ reader0@works.example=reader0/, reader1@works.example=reader1/ }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}
smtpd_peername_lookup = no
"""
MASTER = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    boxes: Path

    def mails(self, reader: str, wanted: int) -> list[bytes]:
        """What lies in a mailbox, once so many mails do."""
        end = time.monotonic() + 30
        while True:
            found = sorted((self.boxes / reader / "new").glob("*"))
            if len(found) >= wanted or time.monotonic() > end:
                return [path.read_bytes() for path in found]
            time.sleep(0.05)  # there is nothing to wait on but the file


@pytest.fixture
def postfix() -> Iterator[Server]:
    if POSTFIX is None or os.geteuid() != 0:
        pytest.skip("POSTFIX IS NOT INSTALLED, OR WE ARE NOT ROOT: it is not tested (apt: postfix)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    nobody = pwd.getpwnam("nobody")
    folder = Path(tempfile.mkdtemp(prefix="suranys-postfix-"))
    folder.chmod(0o755)
    for name in ("etc", "spool", "data", "boxes"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    shutil.chown(folder / "boxes", "nobody")
    settings = MAIN.format(folder=folder, daemons=DAEMONS, uid=nobody.pw_uid, gid=nobody.pw_gid)
    (folder / "etc/main.cf").write_text(settings)
    (folder / "etc/master.cf").write_text(MASTER.format(port=port))
    command = [POSTFIX, "-c", str(folder / "etc")]
    subprocess.run([*command, "start"], check=True, capture_output=True)  # noqa: S603 - Debian's own
    try:
        yield Server(port, folder / "boxes")
    finally:
        subprocess.run([*command, "stop"], check=False, capture_output=True)  # noqa: S603 - as above
        shutil.rmtree(folder, ignore_errors=True)


def test_what_postfix_accepts_is_there_once_and_what_it_refuses_ends(
    postfix: Server, tmp_path: Path
) -> None:
    with open_store(f"sqlite:///{tmp_path / 'outbox.db'}") as store:
        for person in readers(store, 3):
            for slot in "12":
                freeze(store, person, slot)
        with store.reading() as session:
            frozen = {
                row.message_id: frozen_message(row) for row in session.exec(select(DeliveryRow))
            }
        for _ in range(2):
            list(deliver_due(store, way(postfix.port, tmp_path), FixedClock(NOW)))
        with store.reading() as session:
            rows = session.exec(select(DeliveryRow)).all()
    states = {(row.address.partition("@")[0], row.slot): row.state for row in rows}
    for reader in ("reader0", "reader1"):
        assert [states[reader, slot] for slot in "12"] == [DeliveryState.SENT] * 2
        mails = postfix.mails(reader, 2)
        assert len(mails) == 2
        sent = [frozen[row.message_id] for row in rows if row.address.startswith(reader)]
        for message in sent:
            assert message is not None
            text = message.replace(b"\r\n", b"\n")
            assert sum(mail.endswith(text) for mail in mails) == 1
    refused = [row for row in rows if row.address.startswith("reader2")]
    assert {row.state for row in refused} == {DeliveryState.REFUSED}
    assert all(row.code == 550 and "5.1.1" in row.reply for row in refused)
