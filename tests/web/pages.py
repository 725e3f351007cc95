"""The pages that are walked through in a browser: address, and who opens it."""

PAGES: tuple[tuple[str, str | None], ...] = (
    ("/sign-in", None),
    ("/leads", "official"),
    ("/leads?verdict=can&text=труба&closed=1", "official"),
    ("/leads", "plant"),
    ("/leads/{lead}", "plant"),
    ("/leads/{lead}", "official"),
    ("/false-alarms", "official"),
    ("/people", "admin"),
    ("/journal", "admin"),
    ("/me", "plant"),
    ("/nowhere", "official"),
    ("/l/{lead_link}", None),
    ("/u/{unsubscribe_link}", None),
    ("/p/{preferences_link}", None),
    ("/plants", "official"),
    ("/plants/{plant}", "plant"),
    ("/zone", "official"),
    ("/portals", "official"),
    ("/why-not", "official"),
)
"""A new page adds its line here; `tests/web/test_browser.py` looks at all of them."""
