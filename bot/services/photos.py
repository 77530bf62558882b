"""Photos residents send: looked at by content, made small, and written anew, so that nothing but the picture stays.

Phones write into a photo where and when it was taken and with which device. Encoding the picture anew leaves all that
behind. A picture that would unfold to more than `MOST_PIXELS` is refused by its header, before it is unfolded.
"""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
FORMATS = ("JPEG", "PNG", "WEBP")


class NotAPhoto(ValueError):
    """It is no picture of a kind we know, whatever its name says."""


class TooLarge(ValueError):
    """Too many bytes, or too many pixels."""


@dataclass(frozen=True)
class Photo:
    """A picture as we keep it."""

    jpeg: bytes
    width: int
    height: int


def clean(raw: bytes) -> Photo:
    """The picture alone. NotAPhoto; TooLarge."""
    if len(raw) > MOST_BYTES:
        raise TooLarge
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise TooLarge
            found.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is unfolded no larger than needed
            upright = ImageOps.exif_transpose(found)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return _written_anew(upright)
    except Image.DecompressionBombError:
        raise TooLarge from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as trouble:
        if isinstance(trouble, TooLarge):
            raise
        raise NotAPhoto from None


def _written_anew(picture: Image.Image) -> Photo:
    plain = Image.new("RGB", picture.size, "white")  # a new picture: no metadata can come along
    with_alpha = picture.convert("RGBA")
    plain.paste(with_alpha, mask=with_alpha.getchannel("A"))
    written = io.BytesIO()
    plain.save(written, "JPEG", quality=85)
    return Photo(written.getvalue(), plain.width, plain.height)
