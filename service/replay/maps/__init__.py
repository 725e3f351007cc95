"""Maps from saved files to the addresses they answer, one TOML file per portal."""
