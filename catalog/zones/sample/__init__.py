"""Invented plants for the sample portal; nothing in here is real."""
