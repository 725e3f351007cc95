"""Logs: fields on stderr, no secrets, stdout left alone."""

import io
import json
from collections.abc import Iterator

import pytest
import structlog

from service.logs import set_up_logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    set_up_logs()


def test_a_log_line_is_json_with_its_fields_and_secrets_masked() -> None:
    out = io.StringIO()
    set_up_logs(out)
    structlog.get_logger().warning("asked", portal="ted", api_token="planted", Password="planted")
    line = json.loads(out.getvalue())
    assert (line["event"], line["portal"], line["level"]) == ("asked", "ted", "warning")
    assert line["timestamp"].endswith("Z")
    assert "planted" not in out.getvalue()


def test_only_warnings_and_worse_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs()
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "loud" in shown.err
    assert "quiet" not in shown.err
