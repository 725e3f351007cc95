"""The table of `docs/reference/families.md`, made from the families.

`python -m tests.docs.families_table` writes it into the page after a family has changed.
"""

from catalog.family import load_families
from tests.docs.pages import DOCS, read

PAGE = DOCS / "reference" / "families.md"
HEADER = ("name", "title (Russian)", "title (English)", "unit", "formula", "standards")


def family_rows() -> list[tuple[str, ...]]:
    """One row a family, in the order of their names."""
    return [
        (
            f"`{name}`",
            family.titles["ru"],
            family.titles["en"],
            family.unit,
            f"`{family.formula}`" if family.formula else "–",
            ", ".join(rule.number for rule in family.standards) or "–",
        )
        for name, family in sorted(load_families().items())
    ]


def main() -> None:
    """Put the table in the place of the page's."""
    body = [f"| {' | '.join(cells)} |" for cells in (HEADER, *family_rows())]
    table = [body[0], "|---" * len(HEADER) + "|", *body[1:]]
    text = read(PAGE).splitlines()
    places = [place for place, line in enumerate(text) if line.startswith("|")]
    text[places[0] : places[-1] + 1] = table
    PAGE.write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
