"""Tariffs and charges."""

from __future__ import annotations

from webui.route import Route

ROUTES: tuple[Route, ...] = ()
