"""Backups: one encrypted file with everything that makes this hotel's exchange, and putting it back."""
