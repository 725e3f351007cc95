"""What the public buys: portals, their pages, and the notices read out of them.

Imports nothing of ours. Only `scrapers.fetch` does network and archive I/O; parsers are pure.
"""
