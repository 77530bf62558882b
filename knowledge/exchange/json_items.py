"""The objects of a long JSON file, one at a time: of a list, of the list inside an envelope, or one a line."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from knowledge.exchange.sheets import NotReadable, Source, opened, size_of

CHUNK = 1 << 16
LONGEST_ITEM = 4_000_000  # characters; a service with everything HSDS knows has about 25,000
ENVELOPES = ("contents", "service", "data", "items", "results")
_NAMED = "|".join(ENVELOPES)
_PLAIN_MEMBER = rf'\s*"(?!(?:{_NAMED})")\w+"\s*:\s*(?:"[^"]*"|[\w.+-]+)\s*,'  # "total_items": 3,
_ENVELOPE = re.compile(rf'\{{(?:{_PLAIN_MEMBER})*\s*"(?:{_NAMED})"\s*:\s*\[')
_BLANK = re.compile(r"[\s,]*")


def objects(source: Source) -> Iterator[tuple[int, dict[str, Any] | str, float]]:
    """Number, object (or what is wrong with it), and how much was read up to there. NotReadable if it is no JSON."""
    decoder = json.JSONDecoder()
    size = max(size_of(source), 1)
    with opened(source) as raw:
        reading = _Reading(raw)
        _enter_list(reading)
        number = 0
        while True:
            reading.skip(_BLANK)
            if reading.is_at_end() or reading.text[reading.at] in "]}":
                return
            number += 1
            try:
                found = reading.decode(decoder)
            except (ValueError, RecursionError):
                yield number, "JSON がここで途切れているか、壊れています。", raw.tell() / size
                return
            if isinstance(found, dict):
                yield number, found, raw.tell() / size
            else:
                yield number, "{ } で囲まれたまとまりではありません。", raw.tell() / size


class _Reading:
    """A window on the text that moves forward."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
        self.text, self.at = "", 0

    def more(self) -> bool:
        chunk = self._raw.read(CHUNK)
        try:
            words = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise NotReadable("JSON の文字コードは UTF-8 でなければなりません。") from None
        self.text, self.at = self.text[self.at :] + words, 0
        return bool(chunk)

    def skip(self, blank: re.Pattern[str]) -> None:
        while True:
            found = blank.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text) or not self.more():
                return

    def is_at_end(self) -> bool:
        return self.at >= len(self.text)

    def decode(self, decoder: json.JSONDecoder) -> Any:
        """The next value; reads on as long as it is not complete."""
        wanted = 0
        while True:
            if len(self.text) - self.at >= wanted:
                try:
                    value, self.at = decoder.raw_decode(self.text, self.at)
                except json.JSONDecodeError:
                    # Not complete yet, or broken: look again when twice as much is there, so that this stays linear.
                    wanted = max(2 * (len(self.text) - self.at), CHUNK)
                    if wanted > 2 * LONGEST_ITEM:
                        raise
                else:
                    return value
            if not self.more():
                value, self.at = decoder.raw_decode(self.text, self.at)
                return value


def _enter_list(reading: _Reading) -> None:
    """Go to the first object: into the list, or into the list of an envelope; a single object stays as it is."""
    reading.skip(_BLANK)
    if reading.is_at_end():
        raise NotReadable("ファイルが空です。")
    if reading.text[reading.at] == "[":
        reading.at += 1
        return
    if reading.text[reading.at] != "{":
        raise NotReadable("JSON として読めません。")
    reading.more()
    found = _ENVELOPE.match(reading.text, reading.at)
    if found:
        reading.at = found.end()
