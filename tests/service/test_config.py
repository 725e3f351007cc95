"""config.toml: defaults, faults that name the right key, secrets from the environment only."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from catalog.zone import load_zone
from scrapers.portals import PORTALS
from service.config import Config, load_config, portal_token
from service.errors import ConfigError
from service.jobs.collect import enabled_portals

SHIPPED = Path(__file__).resolve().parents[2] / "config.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_file_repeats_the_defaults() -> None:
    free = {"portals", "recipients"}
    assert load_config(SHIPPED).model_dump(exclude=free) == Config().model_dump(exclude=free)


def test_the_shipped_file_shows_every_tunable_with_a_comment() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    for table, field in Config.model_fields.items():
        kind = field.annotation
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)) or table == "secrets":
            continue
        section = re.split(r"^\[", text.partition(f"\n[{table}]")[2], maxsplit=1, flags=re.M)[0]
        for key in kind.model_fields:
            assert re.search(rf"^(# )?{key} = .+  # \S", section, re.M), f"[{table}] {key}"


def test_shipped_recipients_can_never_receive_mail() -> None:
    recipients = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["recipients"]
    assert recipients
    assert all(each["address"].endswith("@example.invalid") for each in recipients)


def test_shipped_portals_and_plants_exist() -> None:
    config = load_config(SHIPPED)
    assert config.portals.keys() == PORTALS.keys() - {"sample"}
    assert {"kz_goszakup", "kz_mitwork", "kz_national_bank", "eu_ted"} <= set(
        enabled_portals(config)
    )
    assert config.portal("kz_goszakup").delay_seconds == 5
    plants = {plant.id for plant in load_zone(config.zone.name).plants}
    assert {each.plant for each in config.recipients if each.plant is not None} == plants


def test_no_file_means_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    config = load_config()
    assert config.collect.budget_seconds == 180
    assert config.recipients[0].address.endswith("@example.invalid")


@pytest.mark.parametrize(
    ("text", "key", "right"),
    [
        ("[colect]\n", "colect", "collect"),
        ("[collect]\nbudget_second = 3\n", "collect.budget_second", "budget_seconds"),
        ("[portals.ted]\nenable = true\n", "portals.ted.enable", "enabled"),
        ('[mail]\npasword = "x"\n', "mail.pasword", "known here"),
        (
            '[[recipients]]\nname = "А"\naddress = "a@example.invalid"\nadress = "b"\n',
            "recipients.0.adress",
            "address",
        ),
        ('[secrets]\nsmtp_password = "x"\n', "secrets", "environment"),
    ],
)
def test_an_unknown_key_names_file_key_and_the_nearest_name(
    tmp_path: Path, text: str, key: str, right: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as error:
        load_config(path)
    assert str(path) in str(error.value)
    assert repr(key) in str(error.value)
    assert right in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "[collect]\nbudget_seconds = 0\n",
        "[match]\nmin_score = 2\n",
        '[[recipients]]\nname = "А"\naddress = "a@b\\r\\nBcc: c@d"\n',
        '[[recipients]]\nname = "А"\naddress = "a@example.invalid"\nrole = "plant"\n',
        '[collect]\nuser_agent = "Сұраныс"\n',
        '[collect]\ncontact = "a\\r\\nX: y"\n',
        '[portals.eu_ted]\nproxy = "proxy.example"\n',
        '[portals.eu_ted]\nproxy = "http://[::1"\n',
        '[portals.eu_ted]\nproxy = "http://proxy.example:none"\n',
        '[portals.eu_ted]\nca_file = "none.pem"\n',
        '[portals.eu_ted]\nca_file = "config.toml"\n',
        "not toml",
    ],
)
def test_a_wrong_value_is_a_named_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match=r"config\.toml"):
        load_config(written(tmp_path, text))


def test_a_missing_file_that_was_asked_for_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        load_config(tmp_path / "none.toml")


def test_secrets_come_from_the_environment_and_are_not_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURANYS_SMTP_PASSWORD", "planted-secret")
    monkeypatch.setenv("SOME_PORTAL_TOKEN", " planted-token ")
    config = load_config(written(tmp_path, ""))
    assert config.secrets.smtp_password is not None
    assert config.secrets.smtp_password.get_secret_value() == "planted-secret"
    assert portal_token("SOME_PORTAL_TOKEN") == "planted-token"
    assert portal_token("ANOTHER_PORTAL_TOKEN") is None
    assert "planted" not in repr(config) + config.model_dump_json()


def test_only_secrets_are_read_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURANYS_MATCH", '{"top": 1}')
    monkeypatch.setenv("MATCH", '{"top": 1}')
    assert load_config(written(tmp_path, "")).match.top == 10


def test_a_portal_takes_what_it_does_not_say_from_collect(tmp_path: Path) -> None:
    config = load_config(
        written(
            tmp_path,
            "[collect]\nbudget_seconds = 7\n[portals.ted]\nenabled = true\ndelay_seconds = 0\n"
            '[portals.ted.query]\ncpv = ["44163000"]\n',
        )
    )
    ted = config.portal("ted")
    assert (ted.enabled, ted.budget_seconds, ted.delay_seconds) == (True, 7, 0)
    assert ted.query == {"cpv": ["44163000"]}
    assert config.portal("unnamed").enabled is False
