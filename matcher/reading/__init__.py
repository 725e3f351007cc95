"""Reading specifications: what a text or a lot asks for.

`read_text` answers `suranys extract`; `read_lot` gives the matcher its needs.
"""

from matcher.reading.lots import read_lot
from matcher.reading.single import read_text

__all__ = ["read_lot", "read_text"]
