"""SPF, DKIM and DMARC of the sender's domain, asked of a name server on loopback."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pytest
from dns.resolver import Resolver

from service.config import Mail
from service.health.mail_domain import sender_domain

Zone = dict[str, list[str]]


@pytest.fixture
def zone() -> Zone:
    return {}


@pytest.fixture
def resolver(zone: Zone) -> Iterator[Resolver]:
    """A resolver whose only name server answers from `zone`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                data, asker = listening.recvfrom(4096)
                if data == b"stop":
                    return
                listening.sendto(answer(dns.message.from_wire(data), zone).to_wire(), asker)

        thread = threading.Thread(target=serve)
        thread.start()
        made = Resolver(configure=False)
        made.nameservers, made.port = ["127.0.0.1"], listening.getsockname()[1]
        yield made
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.sendto(b"stop", listening.getsockname())
        thread.join()


def answer(query: dns.message.Message, zone: Zone) -> dns.message.Message:
    reply = dns.message.make_response(query)
    name = query.question[0].name
    texts = zone.get(name.to_text(omit_final_dot=True), [])
    if texts:
        quoted = [f'"{text}"' for text in texts]
        reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", quoted))
    else:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


def states(resolver: Resolver, selector: str = "s1") -> dict[str, str]:
    mail = Mail(sender="suranys@zone.example", dkim_selector=selector)
    return {check.name: check.state for check in sender_domain(mail, resolver)}


def test_a_domain_with_all_three_records_is_well(resolver: Resolver, zone: Zone) -> None:
    zone["zone.example"] = ["other=1", "v=spf1 mx -all"]
    zone["s1._domainkey.zone.example"] = ["v=DKIM1; k=rsa; p=MIGf"]
    zone["_dmarc.zone.example"] = ["v=DMARC1; p=none"]
    assert states(resolver) == {"spf": "ok", "dkim": "ok", "dmarc": "ok"}


def test_what_is_absent_is_told(resolver: Resolver) -> None:
    assert states(resolver) == {"spf": "warn", "dkim": "bad", "dmarc": "warn"}
    assert states(resolver, selector="")["dkim"] == "warn"


def test_two_spf_records_and_a_revoked_key_are_bad(resolver: Resolver, zone: Zone) -> None:
    zone["zone.example"] = ["v=spf1 mx -all", "v=spf1 a -all"]
    zone["s1._domainkey.zone.example"] = ["v=DKIM1; p="]
    found = states(resolver)
    assert (found["spf"], found["dkim"]) == ("bad", "bad")
