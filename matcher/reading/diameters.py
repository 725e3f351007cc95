"""Which diameter a number means: the standard rows of nominal bores and outer diameters.

A works text says «Ду 800», «d=800» or «Ø800» alike; the standard rows tell them apart.
"""

NOMINAL = frozenset(
    (6, 8, 10, 15, 20, 25, 32, 40, 50, 65, 80, 90, 100, 125, 150, 200, 250, 300, 350, 400, 450,
     500, 600, 700, 800, 900, 1000, 1200, 1400, 1600)
)  # fmt: skip
"""Nominal bores, mm: ГОСТ 28338-89 and ГОСТ 3262-75 (90)."""
OUTER_STEEL = frozenset(
    (10, 10.2, 12, 13.5, 14, 16, 17, 17.2, 18, 19, 20, 21.3, 22, 25, 26.8, 26.9, 27, 28, 30, 32,
     33.5, 33.7, 34, 35, 36, 38, 40, 42, 42.3, 42.4, 44.5, 45, 48, 48.3, 51, 53, 54, 57, 60,
     60.3, 63.5, 68, 70, 73, 75.5, 76, 76.1, 83, 88.5, 88.9, 89, 95, 101.6, 102, 108, 114,
     114.3, 121, 127, 133, 139.7, 140, 146, 152, 159, 165, 168, 168.3, 177.8, 178, 180, 193.7,
     194, 203, 219, 219.1, 245, 273, 299, 323.9, 325, 351, 355.6, 377, 402, 406, 406.4, 426,
     457, 465, 478, 480, 508, 530, 610, 620, 630, 660, 711, 720, 762, 813, 820, 914, 920, 1016,
     1020, 1067, 1120, 1220, 1320, 1420, 1520, 1620, 1720, 1820, 2020, 2220, 2520)
)  # fmt: skip
"""Outer diameters of round steel pipe, mm: ГОСТ 10704-91, 8732-78, 8696-74, ISO 4200."""
TO_OUTER = {
    100: (108, 114), 125: (133,), 150: (159,), 200: (219,), 250: (273,), 300: (325,), 350: (377,),
    400: (426,), 450: (480, 478), 500: (530,), 600: (630,), 700: (720,), 800: (820,), 900: (920,),
    1000: (1020,), 1200: (1220,), 1400: (1420,),
}  # fmt: skip
"""Nominal bore of steel pipe to its outer diameters, mm."""


def is_outer_not_nominal(value: float) -> bool:
    """Whether a number stands in the row of outer diameters only (89, 108, 820)."""
    return value in OUTER_STEEL and value not in NOMINAL


def is_nominal_not_outer(value: float) -> bool:
    """Whether a number stands in the row of nominal bores only (100, 800, 1000)."""
    return value in NOMINAL and value not in OUTER_STEEL


def agree(nominal: float, outer: float) -> bool:
    """Whether a nominal bore and an outer diameter can be one pipe's: the bore is near below."""
    if nominal in TO_OUTER:
        return any(abs(outer - size) <= 6 for size in TO_OUTER[int(nominal)])
    return nominal <= outer <= nominal * 1.8
