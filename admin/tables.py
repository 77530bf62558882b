"""A table to take along, as a file that spreadsheets of staff open well."""

import csv
import io
from collections.abc import Iterable

from flask import Response

from knowledge.exchange.cells import disarm


def as_file(name: str, rows: Iterable[Iterable[str]]) -> Response:
    """CSV with the mark by which a spreadsheet knows UTF-8, and no cell that it would take for a formula."""
    written = io.StringIO()
    csv.writer(written).writerows([disarm(cell) for cell in row] for row in rows)
    shown = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(written.getvalue().encode("utf-8-sig"), mimetype="text/csv", headers=shown)
