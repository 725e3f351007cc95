"""Between the matcher and the world: notices as the matcher reads them, with their documents; a
catalogue indexed, saved and shared among processes; what a verdict rests on, and why it is so.

Nothing here is imported at once: `suranys match` on files must not wait for the store.
"""
