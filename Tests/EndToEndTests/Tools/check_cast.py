"""Reads an asciicast as its specification says, and nothing else.

usage: check_cast.py VERSION FILE

Ends with status 1 and a line for what is wrong. It knows nothing of the program that wrote the file.
"""
import json
import re
import sys

KNOWN = {2: {"version", "width", "height", "timestamp", "duration", "idle_time_limit", "command",
             "title", "env", "theme"},
         3: {"version", "term", "timestamp", "idle_time_limit", "command", "title", "env", "tags"}}
CODES = {2: "oimr", 3: "oimrx"}
COLOR = re.compile(r"#[0-9a-f]{6}$")


def fail(number, reason):
    sys.exit(f"line {number}: {reason}")


def is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def check_theme(theme):
    palette = theme["palette"].split(":")
    if set(theme) != {"fg", "bg", "palette"} or len(palette) not in (8, 16):
        fail(1, "the theme has other fields than it may")
    for color in [theme["fg"], theme["bg"]] + palette:
        if not COLOR.match(color):
            fail(1, f"{color} is no colour")


def check_header(header, version):
    if header.get("version") != version:
        fail(1, f"version is {header.get('version')}")
    if set(header) - KNOWN[version]:
        fail(1, f"unknown fields {set(header) - KNOWN[version]}")
    if version == 2:
        columns, rows, theme = header["width"], header["height"], header.get("theme")
    else:
        term = header["term"]
        if set(term) - {"cols", "rows", "type", "version", "theme"}:
            fail(1, "the terminal has other fields than it may")
        columns, rows, theme = term["cols"], term["rows"], term.get("theme")
    if not (is_whole(columns) and is_whole(rows)):
        fail(1, "the size is no two whole numbers")
    if theme is not None:
        check_theme(theme)
    for key, kind in (("timestamp", int), ("command", str), ("title", str), ("env", dict),
                      ("idle_time_limit", (int, float))):
        if key in header and not isinstance(header[key], kind):
            fail(1, f"{key} is of another type")


def no_constants(name):
    raise ValueError(f"{name} is no JSON")


def main():
    version, path = int(sys.argv[1]), sys.argv[2]
    data = open(path, "rb").read()
    if not data.endswith(b"\n"):
        fail("last", "the file does not end with a line feed")
    last = 0.0
    for number, line in enumerate(data.decode("utf-8").split("\n")[:-1], 1):
        if not line:
            fail(number, "a blank line")
        if any(ord(c) < 32 or ord(c) == 127 for c in line):
            fail(number, "a control character that is not escaped")
        value = json.loads(line, parse_constant=no_constants)
        if number == 1:
            check_header(value, version)
            continue
        if not (isinstance(value, list) and len(value) == 3):
            fail(number, "no array of three")
        time, code, text = value
        if isinstance(time, bool) or not isinstance(time, (int, float)) or time < 0:
            fail(number, "the time is no number from 0")
        if version == 2 and time < last:
            fail(number, "time goes back")
        last = time
        if code not in CODES[version] or len(code) != 1:
            fail(number, f"unknown code {code}")
        if not isinstance(text, str):
            fail(number, "the data is no string")
        if code == "r" and not re.match(r"\d+x\d+$", text):
            fail(number, f"{text} is no size")
        if code == "m" and any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text):
            fail(number, "a marker holds a control character")
        if code == "x" and not re.match(r"\d+$", text):
            fail(number, "the status is no number")


main()
