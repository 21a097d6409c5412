"""Links to property management systems: each protocol a sans-IO machine behind one contract (`machine.py`)."""
