"""Every route of the API under many odd requests, as everybody who may and who may not."""

from __future__ import annotations

from tests.fuzz import Fuzz
from tests.harness import Product


def run(examples: int, seed: int) -> list[str]:
    """So many examples of each route and kind of data; the faults."""
    with Product() as product:
        fuzz = Fuzz(product, examples, seed, as_all=True)
        fuzz.run_refused()
        fuzz.run_allowed()
        product.wait_ready(60)
    print(f"{fuzz.found.asked} requests: {dict(sorted(fuzz.found.statuses.items()))}")
    return fuzz.found.faults
