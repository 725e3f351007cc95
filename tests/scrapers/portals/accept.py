"""Write expected.json of fixture cases, to be read by eye beside the page before committing.

python -m tests.scrapers.portals.accept kz_mitwork ordinary
"""

import json
import sys

from scrapers.portals import PORTALS
from tests.scrapers.portals.cases import FIXTURES, load, outcome, read


def main(arguments: list[str]) -> None:
    name, cases = arguments[0], arguments[1:]
    folders = sorted(path.parent for path in (FIXTURES / name).glob("*/case.toml"))
    for folder in folders:
        case = load(folder)
        if case.error is None and (not cases or folder.name in cases):
            found = outcome(*read(PORTALS[name], case))
            text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
            case.expected.write_text(text + "\n", encoding="utf-8")
            sys.stdout.write(f"{case.expected}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
