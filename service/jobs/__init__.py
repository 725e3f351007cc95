"""The jobs: each does one thing once, with the clock and the store handed to it."""
