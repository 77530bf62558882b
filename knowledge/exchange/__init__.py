"""Getting knowledge in and out: our own CSV and spreadsheets, 自治体標準オープンデータセット, Open Referral HSDS 3.

    file = exchange.open_file(source, name, format="auto")     what it is, and its rows; NotReadable tells why not
    preview = exchange.plan(session, file, now=now)            what would change: counts, rows, problems
    done = exchange.apply(session, file, now=now, staff_id=…)  takes the good rows over, with history
    exchange.export(session, format, out)                      writes all entries

`source` is a path, or the bytes a browser sent. A file can be gone through as often as needed. The same preview is
shown by `sasaeai kb import --dry-run` and by the staff page.
"""

from knowledge.exchange.exporting import ExportFormat, export
from knowledge.exchange.files import FORMATS, File, Format, open_file
from knowledge.exchange.importing import Difference, Outcome, Preview, Rewritten, apply, plan, portions
from knowledge.exchange.rows import Problem, Row
from knowledge.exchange.sheets import NotReadable

__all__ = [
    "FORMATS",
    "Difference",
    "ExportFormat",
    "File",
    "Format",
    "NotReadable",
    "Outcome",
    "Preview",
    "Problem",
    "Rewritten",
    "Row",
    "apply",
    "export",
    "open_file",
    "plan",
    "portions",
]
