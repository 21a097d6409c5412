"""Links to property management systems."""

from __future__ import annotations

from webui.route import Route

ROUTES: tuple[Route, ...] = ()
