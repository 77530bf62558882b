"""Which telephone lines belong to a kind of danger, most urgent first, by the ids of the knowledge base.

The numbers themselves live in the knowledge base, so that there is one verified place for each.
"""

from collections.abc import Sequence

SUICIDE = ("tel-yorisoi", "tel-inochisos", "inochi-dial", "tel-inochi", "tel-kokoro", "tel-119", "tel-kodomosos")
LINES: dict[str, tuple[str, ...]] = {
    "suicide_or_self_harm": (*SUICIDE, "tel-childline", "shakyo"),
    "medical_emergency": ("tel-119", "tel-7119", "tel-8000"),
    "fire_or_gas": ("tel-119", "tel-110"),
    "violence_now": ("tel-110", "tel-119", "tel-plus", "tel-8008", "tel-yorisoi"),
    "child_abuse": ("tel-189", "tel-110", "gyakutai-24h", "tel-kodomosos", "tel-childline", "shakyo"),
    "elder_abuse": ("tel-110", "shakyo", "city-hall", "tel-yorisoi"),
    "domestic_violence": ("tel-plus", "tel-8008", "tel-110", "josei-katei", "tel-yorisoi", "shakyo"),
    "sexual_violence": ("tel-8891", "tel-110", "yorisoi-hyogo", "tel-yorisoi"),
    "no_food_or_lifeline": ("kurashi-support", "shakyo", "tel-yorisoi", "city-hall"),
    "missing_person": ("tel-110", "shakyo"),
    "desperate_parent": ("tel-189", "tel-yorisoi", "gyakutai-24h", "tel-110", "tel-inochisos", "shakyo"),
    "danger_to_others": ("tel-110", "tel-119", "tel-yorisoi", "tel-kokoro"),
}
LIFE_FIRST = {"suicide_or_self_harm": "tel-119", "child_abuse": "tel-110", "domestic_violence": "tel-110"}


def lines_for(kinds: Sequence[str], severity: str, *, is_about_another: bool = False) -> list[str]:
    """The ids of the lines for these kinds, without repeats. 119 or 110 stand first when life is at stake.

    `is_about_another`: somebody fears for another's life; they can only send help there, so both stand first.
    """
    found = [line for kind in kinds for line in LINES[kind]]
    if severity == "life" and kinds and kinds[0] in LIFE_FIRST:
        found.insert(0, LIFE_FIRST[kinds[0]])
    if is_about_another:
        found = ["tel-119", "tel-110", *found]
    return list(dict.fromkeys(found))
