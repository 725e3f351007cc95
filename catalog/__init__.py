"""What plants can make: plants, products, families, words, units, catalogue files.

Imports nothing of ours, and touches neither network, clock nor database.
"""
