"""The command line: `suranys COMMAND`. Each file here is one command or one group of them.

Commands print records or a plain report on stdout, progress and errors on stderr. Exit status:
0 done (a portal that failed makes a run PARTIAL, still 0), 1 the work failed, 2 wrong use.
"""

from service.cli.app import main

__all__ = ["main"]
