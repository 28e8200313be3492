"""Finds what could identify a person in headers and cells, before anything is stored or sent."""

from registry.identifiers.headers import screen_header
from registry.identifiers.screen import screen_case_id, screen_text, screen_texts

__all__ = ["screen_case_id", "screen_header", "screen_text", "screen_texts"]
