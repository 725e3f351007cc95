"""Nominal to outer diameter, and the sizes of pressure polyethylene pipe, by table.

Steel: ГОСТ 10704-91 and ГОСТ 8732-78 rows usual for each DN (general engineering knowledge; two
outer diameters are in use for DN 100). Water-gas pipe (ГОСТ 3262-75) has its own row of outer
diameters. Polyethylene: SDR to PN for PE 100, C = 1.25 (ГОСТ 18599-2001, table 5).
"""

STEEL_OUTER_MM: dict[float, tuple[float, ...]] = {
    10: (14.0, 17.0),
    15: (18.0, 21.3),
    20: (25.0, 26.8),
    25: (32.0, 33.5),
    32: (38.0, 42.3),
    40: (45.0, 48.0),
    50: (57.0, 60.0),
    65: (76.0, 75.5),
    80: (89.0, 88.5),
    100: (108.0, 114.0),
    125: (133.0,),
    150: (159.0,),
    200: (219.0,),
    250: (273.0,),
    300: (325.0,),
    350: (377.0,),
    400: (426.0,),
    500: (530.0,),
    600: (630.0,),
    700: (720.0,),
    800: (820.0,),
    900: (920.0,),
    1000: (1020.0,),
    1200: (1220.0,),
    1400: (1420.0,),
    1600: (1620.0,),
}
"""DN to the outer diameters in use, mm; the usual one first."""

INCH_NOMINAL = {
    "1/2": 15,
    "3/4": 20,
    "1": 25,
    "1 1/4": 32,
    "1 1/2": 40,
    "2": 50,
    "2 1/2": 65,
    "3": 80,
    "4": 100,
    "5": 125,
    "6": 150,
    "8": 200,
}
"""Pipe size in inches to DN (ГОСТ 6357-81, ISO 6708)."""
PLASTIC_OUTER_MM = {40: 40.0, 50: 50.0, 100: 110.0, 125: 125.0, 150: 160.0, 200: 200.0}
"""DN to the outer diameter of plastic sewer pipe, mm (ГОСТ 32414-2013)."""

PE100_PN_BAR = {
    41.0: 4.0,
    33.0: 5.0,
    26.0: 6.3,
    21.0: 8.0,
    17.0: 10.0,
    13.6: 12.5,
    11.0: 16.0,
    9.0: 20.0,
    7.4: 25.0,
}
"""SDR to nominal pressure, bar, water at 20 °C, PE 100."""
PE80_PN_BAR = {
    41.0: 3.2,
    33.0: 4.0,
    26.0: 5.0,
    21.0: 6.3,
    17.6: 7.5,
    17.0: 8.0,
    13.6: 10.0,
    11.0: 12.5,
    9.0: 16.0,
    7.4: 20.0,
}
"""The same for PE 80."""


def steel_outer(nominal: float) -> tuple[float, ...]:
    """Return the outer diameters, mm, in use for a nominal diameter; empty where none is known."""
    return STEEL_OUTER_MM.get(nominal, ())


def steel_nominal(outer: float) -> float | None:
    """Return the nominal diameter of an outer one, mm; None where the table has no such row."""
    for nominal, outers in STEEL_OUTER_MM.items():
        if outer in outers:
            return nominal
    return None


def pressure_of_sdr(sdr: float, grade: str | None) -> float | None:
    """Return PN, bar, of a polyethylene pipe; None for an unlisted SDR or an unknown grade."""
    if grade == "PE100":
        return PE100_PN_BAR.get(sdr)
    if grade == "PE80":
        return PE80_PN_BAR.get(sdr)
    return None


def sdr_of_pressure(pressure: float, grade: str | None) -> float | None:
    """Return the SDR whose PN, bar, is this; None where none or the grade is unknown.

    «PN 6» and «PN 12» are old writings of 6.3 and 12.5, hence 5.5 % either way.
    """
    table = {"PE100": PE100_PN_BAR, "PE80": PE80_PN_BAR}.get(grade or "", {})
    return next((sdr for sdr, pn in table.items() if abs(pn - pressure) <= 0.055 * pn), None)


def sdr_of_wall(outer: float, wall: float) -> float | None:
    """Return the standard SDR nearest to D/e, None when it is further than 6 % from any.

    Walls are rounded up to 0.1 mm and small pipes have a least wall, so D/e is never exact.
    """
    if wall <= 0:
        return None
    ratio = outer / wall
    nearest = min(sorted({*PE100_PN_BAR, *PE80_PN_BAR}), key=lambda sdr: abs(sdr - ratio))
    return nearest if abs(nearest - ratio) <= 0.06 * nearest else None
