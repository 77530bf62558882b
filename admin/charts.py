"""Charts as SVG pictures, drawn by pygal: bars for kinds of things, a line of bars for weeks. No script in them."""

from typing import Any

import pygal
from pygal.style import Style

from bot.services.overview import Counts

LOOK = Style(
    background="#ffffff",
    plot_background="#ffffff",
    foreground="#1d282c",
    foreground_strong="#1d282c",
    foreground_subtle="#ccd6cf",
    colors=("#135e3f",),
    font_family='"BIZ UDPGothic", "Hiragino Sans", "Noto Sans CJK JP", sans-serif',
    label_font_size=16,
    major_label_font_size=16,
    value_font_size=15,
    opacity="1",
    transition="0s",
)


def bars(counts: Counts, *, upright: bool = False) -> bytes:
    """The counts as bars, lying (the words stand beside them) or upright. A hidden count has no bar."""
    rows = counts.rows if upright else tuple(reversed(counts.rows))
    kind = pygal.Bar if upright else pygal.HorizontalBar
    chart: Any = kind(
        style=LOOK,
        show_legend=False,
        js=(),
        width=900 if upright else 560,
        height=320 if upright else 60 + 40 * len(rows),
        explicit_size=True,
        margin=12,
        margin_left=12 if upright else 12 + 9 * max((len(words) for words, _ in rows), default=0),
        x_label_rotation=0,
        show_minor_x_labels=True,
        x_labels_major_every=max(1, len(rows) // 12) if upright else None,
        print_values=not upright,
        print_values_position="top",
        truncate_label=-1,
        no_data_text="",
        value_formatter=lambda value: f"{int(value)}" if value else "",
        integer_labels=True,
        range=(0, max(4, *(count or 0 for _, count in rows))) if rows else (0, 4),
    )
    if upright:
        chart.show_minor_x_labels = False
        chart.x_labels_major = [words for words, _ in rows][:: max(1, len(rows) // 12)]
    chart.x_labels = [words for words, _ in rows]
    chart.add("件", [count for _, count in rows])
    chart.add_xml_filter(_without_scripts)
    rendered: bytes = chart.render()
    return rendered


def _without_scripts(root: Any) -> Any:
    for parent in root.iter():
        for child in list(parent):
            if isinstance(child.tag, str) and child.tag.endswith("script"):  # a comment has a function there
                parent.remove(child)
    return root
