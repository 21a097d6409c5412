"""The product's own menus. docs/menus.md tells how they are written."""
