"""Keeping a text inert in a CSV that a spreadsheet opens by double click, and giving it back exactly.

A cell that starts a formula is led by an apostrophe; so is a cell that begins with apostrophes before such a
start, so that taking one off always gives the text back. Numbers and telephone numbers
(« -12,5 », « +33 6 12… ») start nothing and are left as they are.
"""

import re

# Full-width signs too: some spreadsheets read ＝ ＋ － ＠ as the plain ones; some readers skip blanks before a sign.
SIGNS = frozenset("=+-@|%＝＋－＠")
BLANKS = " \t\r\n\u00a0\u202f"
LEADS = ("\t", "\r", "\n", "\x00")
NUMBER = re.compile(r"[+-]\d[\d .,\u00a0\u202f]*(?:\(0\)[\d .\u00a0\u202f]*)?%?")


def guard(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; `unguard` gives the text back."""
    return f"'{text}" if starts_formula(text.lstrip("'")) else text


def unguard(cell: str) -> str:
    """Return the text that a guarded cell stood for."""
    if cell.startswith("'") and starts_formula(cell.lstrip("'")):
        return cell[1:]
    return cell


def starts_formula(text: str) -> bool:
    """Tell whether a spreadsheet could compute this cell (ASVS 1.2.10); a plain number or telephone is not computed."""
    if text.startswith(LEADS):
        return True
    bare = text.strip(BLANKS)
    return bare[:1] in SIGNS and bare != "" and NUMBER.fullmatch(bare) is None
