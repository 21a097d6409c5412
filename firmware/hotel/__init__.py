"""The hotel's own knowledge: rooms, guests and their stays, messages, wake-up orders."""
