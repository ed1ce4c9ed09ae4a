"""What a terminal shows in the end, by pyte, which knows nothing of curses.

usage: terminal.py FILE.cast            the screen after all events
       terminal.py CAPTURE COLSxROWS    the screen that tmux capture-pane -e -p printed

Prints a JSON array of rows; a cell is [character, ink, paper, bold, underline, reverse].
"""
import json
import sys

import pyte


def replay(path):
    lines = open(path, encoding="utf-8").read().split("\n")[:-1]
    header = json.loads(lines[0])
    term = header.get("term", {"cols": header.get("width"), "rows": header.get("height")})
    screen = pyte.Screen(term["cols"], term["rows"])
    stream = pyte.Stream(screen)
    for line in lines[1:]:
        _, code, data = json.loads(line)
        if code == "o":
            stream.feed(data)
        elif code == "r":
            columns, rows = map(int, data.split("x"))
            screen.resize(rows, columns)
    return screen


def captured(path, size):
    columns, rows = map(int, size.split("x"))
    screen = pyte.Screen(columns, rows)
    text = open(path, encoding="utf-8").read().rstrip("\n")
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    return screen


def cells(screen):
    rows = []
    for y in range(screen.lines):
        row = []
        for x in range(screen.columns):
            cell = screen.buffer[y][x]
            row.append([cell.data, cell.fg, cell.bg, cell.bold, cell.underscore, cell.reverse])
        rows.append(row)
    return rows


if __name__ == "__main__":
    shown = replay(sys.argv[1]) if len(sys.argv) == 2 else captured(sys.argv[1], sys.argv[2])
    print(json.dumps(cells(shown), ensure_ascii=False))
