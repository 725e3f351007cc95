"""The sample portal's invented notices, as the pages it would answer with.

They ship with the project so that a first run without any network shows a working system. Every
one says that it is a sample, in its title, its buyer and `x_sample`.
"""

from scrapers.sample.pages import HOST, sample_pages

__all__ = ["HOST", "sample_pages"]
