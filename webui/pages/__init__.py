"""The pages, static but for a few places."""
