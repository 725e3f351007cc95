"""The whole system, as people run it: the installed command in a process of its own."""
