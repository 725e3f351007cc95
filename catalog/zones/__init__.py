"""Zones as data: a folder each, with `zone.toml` and one file a plant."""
