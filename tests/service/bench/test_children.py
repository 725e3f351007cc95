"""A child's time and peak memory are its own."""

import sys

import pytest

from service.bench.children import run
from service.bench.figures import BenchError


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_the_peak_of_a_child_is_seen() -> None:
    took = run(python("held = bytearray(120_000_000); print(len(held))"))
    assert took.out == "120000000\n"
    assert 114 < took.peak_mb < 200
    assert 0 < took.seconds < 60


def test_the_memory_of_the_bench_itself_is_not_counted() -> None:
    held = bytearray(200_000_000)
    held[::4096] = b"x" * len(held[::4096])
    assert run(python("pass")).peak_mb < 100


def test_a_child_is_kept_to_one_core() -> None:
    took = run(python("import os; print(len(os.sched_getaffinity(0)))"), cores=1)
    assert took.out == "1\n"


def test_a_child_that_fails_is_named_with_its_last_words() -> None:
    with pytest.raises(BenchError, match="status 3: out of paper"):
        run(python("import sys; sys.stderr.write('warming up\\nout of paper\\n'); sys.exit(3)"))
