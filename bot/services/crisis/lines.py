"""Which telephone lines belong to a kind of danger, most urgent first, by the ids of the knowledge base.

The numbers themselves live in the knowledge base, so that there is one verified place for each.
"""

from collections.abc import Sequence

LINES: dict[str, tuple[str, ...]] = {
    "suicide_or_self_harm": ("tel-yorisoi", "tel-inochisos", "inochi-dial", "tel-inochi", "tel-kokoro", "tel-119"),
    "medical_emergency": ("tel-119", "tel-7119", "tel-8000"),
    "fire_or_gas": ("tel-119", "tel-110"),
    "violence_now": ("tel-110", "tel-plus", "tel-8008"),
    "child_abuse": ("tel-189", "tel-110", "gyakutai-24h", "tel-kodomosos", "tel-childline"),
    "elder_abuse": ("tel-110", "shakyo", "city-hall"),
    "domestic_violence": ("tel-plus", "tel-8008", "tel-110", "josei-katei"),
    "sexual_violence": ("tel-8891", "tel-110", "yorisoi-hyogo"),
    "no_food_or_lifeline": ("kurashi-support", "shakyo", "tel-yorisoi"),
    "missing_person": ("tel-110", "shakyo"),
    "desperate_parent": ("tel-189", "tel-yorisoi", "gyakutai-24h", "tel-110"),
    "danger_to_others": ("tel-110", "tel-yorisoi", "tel-kokoro"),
}
LIFE_FIRST = {"suicide_or_self_harm": "tel-119", "child_abuse": "tel-110", "domestic_violence": "tel-110"}


def lines_for(kinds: Sequence[str], severity: str) -> list[str]:
    """The ids of the lines for these kinds, without repeats. 119 or 110 stand first when life is at stake."""
    found = [line for kind in kinds for line in LINES[kind]]
    if severity == "life" and kinds and kinds[0] in LIFE_FIRST:
        found.insert(0, LIFE_FIRST[kinds[0]])
    return list(dict.fromkeys(found))
