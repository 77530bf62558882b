"""Staff pages: one blueprint module for each desk job."""

from typing import Any

from flask import Flask


def attach(app: Flask, **_: Any) -> None:
    """(Filled in below.)"""
