"""Check-in, check-out, move, swap, messages of guests."""

from __future__ import annotations

from webui.route import Route

ROUTES: tuple[Route, ...] = ()
