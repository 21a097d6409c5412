"""The API by feature: its objects, what it asks of the product, its routes."""
