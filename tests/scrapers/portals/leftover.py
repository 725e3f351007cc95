"""Keys of JSON answers that no parser reads.

`python -m tests.scrapers.portals.leftover` writes them to `tests/fixtures/portals/ignored.toml`;
look at what the difference adds: a key that matters must be read instead.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from scrapers.errors import SourceError
from scrapers.portal import Answer, Portal
from scrapers.portals import PORTALS
from tests.scrapers.portals.cases import FIXTURES, Case, all_cases, outcome, read

FILE = FIXTURES / "ignored.toml"


def leftover(portal: Portal, cases: Iterable[Case]) -> set[str]:
    """Give the keys (`parent.key`) whose absence changes nothing that is read of these cases."""
    unread: dict[str, bool] = {}
    for case in cases:
        whole = _result(portal, case)
        keys = {key for answer in case.answers for key in _keys(_json(answer))}
        for key in keys:
            if unread.get(key, True):
                without = [_without(answer, key) for answer in case.answers]
                same = _result(portal, replace(case, answers=tuple(without))) == whole
                unread[key] = same
    return {key for key, same in unread.items() if same}


def ignored() -> dict[str, list[str]]:
    """Give the keys that are known not to be read, by portal."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def _result(portal: Portal, case: Case) -> object:
    try:
        return outcome(*read(portal, case))
    except SourceError as error:
        return type(error).__name__


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def _keys(value: Any, parent: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            # ids as keys (World Bank, multilingual texts) are no names of fields
            yield f"{parent}.{key}"
            yield from _keys(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _keys(part, parent)


def _without(answer: Answer, key: str) -> Answer:
    value = _json(answer)
    if value is None:
        return answer
    return replace(answer, body=json.dumps(_stripped(value, key)).encode())


def _stripped(value: Any, unwanted: str, parent: str = "") -> Any:
    if isinstance(value, dict):
        return {
            key: _stripped(part, unwanted, key)
            for key, part in value.items()
            if f"{parent}.{key}" != unwanted
        }
    if isinstance(value, list):
        return [_stripped(part, unwanted, parent) for part in value]
    return value


def main() -> None:
    """Write what nobody reads now."""
    cases = [case for case in all_cases() if case.error is None]
    lines = ["# Keys of JSON answers (parent.key) that no parser reads, by portal. Written by", "#"]
    lines[1] = (
        "# python -m tests.scrapers.portals.leftover; a key that matters must be read instead."
    )
    for name, portal in PORTALS.items():
        keys = sorted(leftover(portal, [case for case in cases if case.portal == name]))
        if keys:
            listed = "".join(f"\n  {json.dumps(key, ensure_ascii=False)}," for key in keys)
            lines += ["", f"{name} = [{listed}\n]"]
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
