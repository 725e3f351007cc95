"""Almaty Industrial Zone: what is publicly known of it, each fact with its source."""
