"""The outbox: every mail that is to leave waits here until it has left, or is known not to.

A mail is frozen with its key `(person, kind, slot)` in one transaction with whatever it tells;
only then is it tried, by whoever holds its lease. docs/guarantees.md says what is promised.
"""
