"""The stages of a decision: one file, one question, one function from a pair to evidence.

A stage returns nothing where it has nothing to say; it never sees what another stage found.
"""
