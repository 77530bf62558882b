"""Rows a second and memory of an import: 1,000 rows beside 100,000, each in a fresh process.

    python bench/exchange.py [--rows 1000,100000] [--formats csv,opendata,xlsx,hsds] [--json]

For each format a file is written, then `sasaeai kb import` does with it what an office does: shows it (--dry-run), takes
it over, takes it over again (nothing may change), and gives everything out again. `MB` is the largest memory of that
process; memory is bounded when 100,000 rows take hardly more than 1,000.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

OWN = [
    "id",
    "name",
    "kana",
    "category",
    "description",
    "phone",
    "address",
    "lat",
    "lng",
    "hours",
    "keywords",
    "status",
    "source_url",
    "verified_on",
]
LIST = [
    "全国地方公共団体コード",
    "ID",
    "地方公共団体名",
    "名称",
    "名称_カナ",
    "所在地_連結表記",
    "緯度",
    "経度",
    "電話番号",
    "利用可能曜日",
    "開始時間",
    "終了時間",
    "説明",
    "バリアフリー情報",
    "URL",
]


def own_rows(count: int) -> Iterator[list[str]]:
    yield OWN
    for n in range(count):
        yield [
            f"place-{n}", f"みんなの場所{n}", f"みんなのばしょ{n}", "", f"{n}番目の場所です。お茶を飲みながら話ができます。だれでも来られます。",
            f"079-{n // 10_000 % 900 + 100}-{n % 10_000:04}", f"みなと市港町{n % 97 + 1}-{n % 89 + 1}", f"{34.7 + n % 1000 / 10_000:.6f}",
            f"{134.8 + n % 1000 / 10_000:.6f}", "月～金 9:00～17:00（祝日を除く）", "お茶;話;居場所", "draft", "https://example.jp/", "2026-11-24",
        ]  # fmt: skip


def list_rows(count: int) -> Iterator[list[str]]:
    yield LIST
    for n in range(count):
        yield [
            "282999", f"F{n:07}", "兵庫県みなと市", f"みんなの場所{n}", f"ミンナノバショ{n}", f"兵庫県みなと市港町{n % 97 + 1}－{n % 89 + 1}",
            f"{34.7 + n % 1000 / 10_000:.6f}", f"{134.8 + n % 1000 / 10_000:.6f}", f"（０７９）{n // 10_000 % 900 + 100}-{n % 10_000:04}",
            "月火水木金", "９：００", "１７：００", f"{n}番目の場所です。お茶を飲みながら話ができます。", "スロープあり", "https://example.jp/",
        ]  # fmt: skip


def write(path: Path, format: str, count: int) -> None:
    if format == "xlsx":
        import openpyxl

        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in own_rows(count):
            sheet.append(row)
        book.save(path)
    elif format == "hsds":
        with path.open("w", encoding="utf-8") as out:
            out.write("[")
            for n, row in enumerate(own_rows(count)):
                if n:
                    told = dict(zip(OWN, row, strict=True))
                    place = {
                        "location": {
                            "latitude": float(told["lat"]),
                            "longitude": float(told["lng"]),
                            "addresses": [{"address_1": told["address"], "country": "JP"}],
                        }
                    }
                    service = {
                        "id": told["id"],
                        "name": told["name"],
                        "status": "active",
                        "description": told["description"],
                        "phones": [{"number": told["phone"]}],
                        "service_at_locations": [place],
                    }
                    out.write(("," if n > 1 else "") + json.dumps(service, ensure_ascii=False))
            out.write("]")
    else:
        rows = own_rows(count) if format == "csv" else list_rows(count)
        with path.open("w", encoding="utf-8" if format == "csv" else "cp932", newline="") as out:
            csv.writer(out).writerows(rows)


def measured(command: list[str]) -> dict[str, float | str]:
    """Run one `sasaeai` command in this process and tell how long it took and how much memory."""
    from bot.cli import main

    started = time.perf_counter()
    try:
        main(command)
    except SystemExit as left:
        assert not left.code, left.code
    return {"seconds": time.perf_counter() - started, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def in_a_fresh_process(command: list[str], env: dict[str, str]) -> dict[str, float]:
    ran = subprocess.run(
        [sys.executable, __file__, "--one", json.dumps(command)],
        env=env,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if ran.returncode:
        raise SystemExit(ran.stdout + ran.stderr)
    return json.loads(ran.stdout.splitlines()[-1])


def measure(format: str, count: int, folder: Path) -> dict[str, object]:
    from cryptography.fernet import Fernet

    suffix = {"xlsx": "xlsx", "hsds": "json"}.get(format, "csv")
    path, out = folder / f"{format}-{count}.{suffix}", folder / "out.csv"
    write(path, format, count)
    env = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/{format}-{count}.db",
        "DATA_KEYS": Fernet.generate_key().decode(),
        "LOG_LEVEL": "WARNING",
    }
    in_a_fresh_process(["db", "upgrade"], env)
    told: dict[str, object] = {"format": format, "rows": count, "file_mb": round(path.stat().st_size / 1e6, 1)}
    steps = {
        "trial": ["kb", "import", str(path), "--dry-run"],
        "import": ["kb", "import", str(path)],
        "again": ["kb", "import", str(path)],
        "export": ["kb", "export", "--output", str(out)],
    }
    for step, command in steps.items():
        took = in_a_fresh_process(command, env)
        told[f"{step}_rows_s"], told[f"{step}_mb"] = round(count / took["seconds"]), round(took["mb"])
        print(f"{format} {count:,} {step}: {told[f'{step}_rows_s']:,} rows/s, {told[f'{step}_mb']} MB", file=sys.stderr)
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="1000,100000")
    parser.add_argument("--formats", default="csv,opendata,xlsx,hsds")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(json.loads(given.one))))
        return
    with tempfile.TemporaryDirectory() as name:
        measures = [
            measure(format, int(count), Path(name))
            for format in given.formats.split(",")
            for count in given.rows.split(",")
        ]
    if given.json:
        print(json.dumps(measures))
        return
    from rich.console import Console
    from rich.table import Table

    steps = ("trial", "import", "again", "export")
    table = Table("format", "rows", "file MB", *(f"{step} rows/s" for step in steps), *(f"{step} MB" for step in steps))
    for one in measures:
        table.add_row(
            str(one["format"]), f"{one['rows']:,}", str(one["file_mb"]),
            *(f"{one[f'{step}_rows_s']:,}" for step in steps), *(str(one[f"{step}_mb"]) for step in steps),
        )  # fmt: skip
    Console(width=150).print(table)


if __name__ == "__main__":
    main()
