"""Signed links: what was signed reads back, and nothing else does."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from service.config import Config, Secrets
from service.errors import ConfigError
from service.people.links import BadLink, Link, SigningKey, signing_key

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
KEY = SigningKey(b"a key of this test, and no other")
IDS = st.lists(st.integers(0, 10**12), max_size=7)


@given(person=st.integers(0, 10**12), ids=IDS, hours=st.none() | st.integers(1, 10**5))
def test_what_was_signed_reads_back(person: int, ids: list[int], hours: int | None) -> None:
    until = NOW + timedelta(hours=hours) if hours is not None else None
    token = KEY.sign("lead", person, *ids, expires_at=until)
    assert KEY.verify("lead", token, NOW) == Link("lead", person, tuple(ids), until)


@given(at=st.integers(0, 200), sign=st.characters(codec="utf-8"))
def test_a_changed_token_opens_nothing(at: int, sign: str) -> None:
    token = KEY.sign("lead", 7, 451, expires_at=NOW + timedelta(days=1))
    place = at % len(token)
    changed = token[:place] + sign + token[place + 1 :]
    if changed != token:
        with pytest.raises(BadLink):
            KEY.verify("lead", changed, NOW)


def test_one_purpose_never_opens_another() -> None:
    with pytest.raises(BadLink):
        KEY.verify("sign-in", KEY.sign("unsubscribe", 7), NOW)


def test_a_link_expires_at_its_moment() -> None:
    token = KEY.sign("sign-in", 7, expires_at=NOW)
    assert KEY.verify("sign-in", token, NOW - timedelta(seconds=1)).person == 7
    with pytest.raises(BadLink) as caught:
        KEY.verify("sign-in", token, NOW)
    assert caught.value.expired


@pytest.mark.parametrize("token", ["", ".", "7", "7.", "a" * 5000, "7.1.x", "٧." + "a" * 32])
def test_what_is_no_token_is_a_bad_link(token: str) -> None:
    with pytest.raises(BadLink):
        KEY.verify("lead", token, NOW)


def test_a_link_of_a_sample_opens_nothing_of_the_live_database(tmp_path: Path) -> None:
    config = Config(folder=tmp_path)
    token = signing_key(config, "sample").sign("lead", 1, 1)
    with pytest.raises(BadLink):
        signing_key(config).verify("lead", token, NOW)


def test_the_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    config = Config(folder=tmp_path)
    first = signing_key(config)
    file = tmp_path / "var/secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert signing_key(config) == first
    assert [path.name for path in file.parent.iterdir()] == ["secret.key"]


def test_the_environments_key_rules_and_makes_no_file(tmp_path: Path) -> None:
    config = Config(folder=tmp_path, secrets=Secrets(secret_key=SecretStr("x" * 32)))
    other = Config(folder=tmp_path / "other", secrets=Secrets(secret_key=SecretStr("x" * 32)))
    assert signing_key(config) == signing_key(other)
    assert list(tmp_path.iterdir()) == []


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    config = Config(folder=tmp_path, secrets=Secrets(secret_key=SecretStr("short")))
    with pytest.raises(ConfigError, match="at least 16"):
        signing_key(config)
