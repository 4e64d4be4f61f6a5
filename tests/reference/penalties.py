"""Which recordings had too many artificial plays in a month, and whose route delivered them.

The amount and what was charged before are for the statements.
"""

from collections import defaultdict
from datetime import datetime
from fractions import Fraction

from tests.reference import clock
from tests.reference.pools import Books, Freezes

Suspects = dict[str, tuple[Fraction, str]]


def suspects(books: Books, known_at: datetime, month: str) -> Suspects:
    """Recordings with artificial plays: their share, and the contract that delivered them."""
    return books.once(("suspects", month, known_at), lambda: _find(books, known_at, month))


def _find(books: Books, known_at: datetime, month: str) -> Suspects:
    at = Freezes.all_at(known_at)
    usage, catalogue = books.usage(known_at), books.catalogue(known_at)
    attributor, products = books.attributor(at), books.licence(known_at).products
    table = books.world.plays.get(month)
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for (_, derivative_id, territory, _), row in (table.known(known_at) if table else {}).items():
        count = counts[derivative_id, territory]
        count[0] += row.plays
        count[1] += row.artificial
    plays: dict[str, int] = defaultdict(int)
    artificial: dict[str, dict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for (derivative_id, territory), (all_plays, bought) in counts.items():
        generation = usage.generation_of(derivative_id)
        if (
            generation is None
            or generation.product_id not in products
            or derivative_id in attributor.cyclic
        ):
            continue
        for recording, nano in attributor.sources(derivative_id, generation, "MASTER").parts:
            plays[recording] += all_plays * nano
            if bought:
                artificial[recording][territory, generation.product_id] += bought * nano
    moment = clock.midnight(clock.last_day(month))
    found: Suspects = {}
    for recording_id, places in artificial.items():
        recording = catalogue.recordings.get(recording_id)
        if recording is None or not recording.label:
            continue
        territory, product_id = min(places, key=lambda place: (-places[place], place))
        route = catalogue.route(recording.label, "MASTER", territory, product_id).at(moment)
        if route:
            share = Fraction(sum(places.values()), plays[recording_id])
            found[recording_id] = share, route.contract_id
    return found
