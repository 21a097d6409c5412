"""Wake-up calls: orders, when they ring, attempts, outcomes, and who is told."""
