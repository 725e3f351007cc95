"""The Open Contracting Data Standard (1.0, 1.1, drafts of 1.2) to notices.

`package` finds releases in whatever they are wrapped in, `merge` makes one of the releases of a
process, `release` reads it into a Notice, `values` reads single fields without ever crashing.
Source: https://standard.open-contracting.org/1.1/en/schema/.
"""
