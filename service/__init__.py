"""Everything with a database, a clock, a network listener or a mailbox."""
