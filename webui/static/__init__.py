"""Style and scripts of the pages."""
