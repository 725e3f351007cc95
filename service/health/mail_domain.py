"""Whether the domain of the sender lets our mail be believed: SPF, DKIM and DMARC by DNS.

A check never raises: a name server that does not answer is told as such.
"""

from collections.abc import Iterator

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from service.config import Mail
from service.health.checking import Check

SECONDS = 5.0


def sender_domain(mail: Mail, resolver: Resolver | None = None) -> Iterator[Check]:
    """Look up the three records of the sender's domain."""
    domain = mail.sender.rpartition("@")[2]
    ask = resolver or Resolver()
    ask.lifetime = SECONDS
    try:
        yield _spf(ask, domain)
        yield _dkim(ask, domain, mail.dkim_selector)
        yield _dmarc(ask, domain)
    except DNSException as error:
        said = f"{type(error).__name__} when asking for {domain}"
        yield Check("sender", "warn", said, "check the name server of this machine")


def _spf(ask: Resolver, domain: str) -> Check:
    found = [text for text in _texts(ask, domain) if text.lower().startswith("v=spf1")]
    if len(found) == 1:
        return Check("spf", "ok", f"{domain}: {found[0]:.80}")
    if found:
        said = f"{domain} has {len(found)} SPF records, which makes them void (RFC 7208)"
        return Check("spf", "bad", said, "keep one")
    return Check(
        "spf", "warn", f"{domain} has no SPF record", "add one that names your mail server"
    )


def _dkim(ask: Resolver, domain: str, selector: str) -> Check:
    if not selector:
        advice = "set [mail] dkim_selector to the name your mail server signs with"
        return Check("dkim", "warn", "not looked up: no selector is set", advice)
    name = f"{selector}._domainkey.{domain}"
    keys = [text for text in _texts(ask, name) if "p=" in text]
    if not keys:
        return Check("dkim", "bad", f"there is no key at {name}", "publish the server's key")
    if keys[0].replace(" ", "").split("p=")[1].split(";")[0]:
        return Check("dkim", "ok", f"a key is published at {name}")
    return Check("dkim", "bad", f"the key at {name} is revoked", "publish the server's key")


def _dmarc(ask: Resolver, domain: str) -> Check:
    found = [t for t in _texts(ask, f"_dmarc.{domain}") if t.lower().startswith("v=dmarc1")]
    if found:
        return Check("dmarc", "ok", f"{domain}: {found[0]:.80}")
    return Check(
        "dmarc", "warn", f"{domain} has no DMARC record", "large providers ask senders for one"
    )


def _texts(ask: Resolver, name: str) -> list[str]:
    """The TXT records of a name; none is no error."""
    try:
        answer = ask.resolve(name, "TXT")
    except (NXDOMAIN, NoAnswer):
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
