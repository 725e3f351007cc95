"""What belongs to one purchase: its plan, notices, protocols and contracts, and who won it."""
