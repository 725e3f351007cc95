"""Every promise of `docs/guarantees.md` names a test, and the test is there.

Looked up in the syntax tree, so that no test is run or imported to know that it exists.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, ROOT, read, rows

PAGE = read(DOCS / "guarantees.md")
PROMISES = [row for row in rows(PAGE, 2) if row[0] != "promise"]


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names a test file defines: test functions, and machines of hypothesis (`TestDays`)."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    functions = [node.name for node in body if isinstance(node, ast.FunctionDef)]
    assigned = [target for node in body if isinstance(node, ast.Assign) for target in node.targets]
    names = [*functions, *(target.id for target in assigned if isinstance(target, ast.Name))]
    return frozenset(name for name in names if name.startswith(("test_", "Test")))


def test_the_page_promises_something() -> None:
    assert len(PROMISES) > 30


@pytest.mark.parametrize(("promise", "proofs"), PROMISES)
def test_a_promise_is_proven_by_a_test_that_exists(promise: str, proofs: str) -> None:
    named = [proof.strip("` ") for proof in proofs.split("<br>")]
    assert promise
    assert all(named)
    for proof in named:
        file, separator, test = proof.partition("::")
        assert separator, proof
        assert (ROOT / file).is_file(), proof
        assert test in names_in(ROOT / file), proof
