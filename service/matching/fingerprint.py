"""What a stored verdict or a saved index rests on, as one short text."""

import hashlib
from functools import cache
from pathlib import Path

import catalog
import matcher


@cache
def matcher_version() -> str:
    """Fingerprint the matcher and what it reads: its code, the catalogue's code, the families.

    A number kept by hand would be forgotten, and old verdicts would then outlive their reason.
    """
    digest = hashlib.sha256()
    for package, patterns in ((matcher, ("*.py",)), (catalog, ("*.py", "*.toml"))):
        root = Path(package.__file__ or "").parent
        for path in sorted(path for pattern in patterns for path in root.rglob(pattern)):
            if "zones" not in path.parts:
                digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
