"""The daily digest: what it shows, how it is worded, how it leaves the house."""
