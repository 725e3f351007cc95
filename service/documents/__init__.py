"""Opening attached files where they can do no harm: children with limits, text kept by content."""
