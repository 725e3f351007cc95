"""Mirrors the packages. This file keeps `tests/matcher` from shadowing `matcher`."""
