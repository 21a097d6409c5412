"""Who may do what: people, tokens, sessions."""

from __future__ import annotations

from webui.route import Route

ROUTES: tuple[Route, ...] = ()
