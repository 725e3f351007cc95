"""Pure pieces that parsers of several portals share: pages, tables, numbers, dates.

Nothing here knows a portal. Text that cannot be read is a `ValueError` in numbers and dates; pages
turn it into `LayoutChanged` with the selector, so that no parser guesses.
"""
