"""Which need meets which capability, and why.

Pure: imports `catalog` and nothing else of ours.
"""
