"""The questions of officials and manufacturers, answered from the store.

Read by the pages, the API and the weekly mail. Nothing here knows HTTP or a language.
"""
