"""Holds a moving picture against stills and a cast, in the eyes of Chromium.

usage: compare_pictures.py FOLDER MOVING.svg CAST TIME=STILL.svg ... LAST.svg

Each still must equal the moving picture at its time (in seconds), pixel for pixel; the round corners
of the window, which Chromium smooths in another way while it animates, are left out. Chromium draws a
page in tiles and smooths a curve in another way where two of them meet, so both pictures of a pair are
at the same place of their page. In the last one the
middle of every full block must have the ink, and of every blank the paper, that pyte sees in the cast.
Ends with status 1 and a line for what is wrong.
"""
import os
import subprocess
import sys

from PIL import Image

import terminal

WIDTH, HEIGHT, LEFT, TOP, CORNER = 10, 20, 8, 28, 10


def paused(text, time):
    stop = "*{animation-play-state:paused!important;animation-delay:-%ss!important}" % time
    return text.replace("</style>\n</svg>", stop + "</style>\n</svg>")


def photograph(folder, files, size):
    """All files below each other, inside <img>, in one screenshot."""
    images = "".join(f'<img src="{f}" style="display:block;width:{size[0]}px">' for f in files)
    page = os.path.join(folder, "page.html")
    with open(page, "w") as out:
        out.write(f'<body style="margin:0;background:#000">{images}</body>')
    shot = os.path.join(folder, "shot.png")
    subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         "--force-device-scale-factor=1", f"--window-size={size[0]},{size[1] * len(files)}",
         f"--user-data-dir={folder}/profile", f"--screenshot={shot}", "file://" + page],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    picture = Image.open(shot).convert("RGB")
    return [without_corners(picture.crop((0, i * size[1], size[0], (i + 1) * size[1])))
            for i in range(len(files))]


def without_corners(picture):
    width, height = picture.size
    for x in (0, width - CORNER):
        for y in (0, height - CORNER):
            picture.paste((0, 0, 0), (x, y, x + CORNER, y + CORNER))
    return picture


def color(name, default):
    return default if name == "default" else tuple(int(name[i:i + 2], 16) for i in (0, 2, 4))


def check_colors(picture, cast):
    paper, count = picture.getpixel((LEFT + 1, TOP + 1)), 0
    for y, row in enumerate(terminal.cells(terminal.replay(cast))):
        for x, (data, ink, ground, _, _, is_reversed) in enumerate(row):
            if data not in ("█", " "):
                continue
            fg, bg = color(ink, (204, 204, 204)), color(ground, paper)
            if is_reversed:
                fg, bg = bg, fg
            seen = picture.getpixel((LEFT + x * WIDTH + 5, TOP + y * HEIGHT + 10))
            if seen != (fg if data == "█" else bg):
                sys.exit(f"column {x}, row {y}: {data!r} is {seen}, not {fg if data == '█' else bg}")
            count += data == "█"
    if count < 50:
        sys.exit(f"only {count} blocks to compare")


def main():
    folder, moving, cast, pairs, last = (
        sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:-1], sys.argv[-1])
    text = open(moving, encoding="utf-8").read()
    frozen, stills, first = [], [], text.split('viewBox="0 0 ')[1].split('"')[0].split()
    size = (int(first[0]), int(first[1]))
    for index, pair in enumerate(pairs):
        time, still = pair.split("=")
        frozen.append(os.path.join(folder, f"paused{index}.svg"))
        stills.append(still)
        with open(frozen[-1], "w", encoding="utf-8") as out:
            out.write(paused(text, time))
    moved = photograph(folder, frozen, size)
    stood = photograph(folder, stills + [last], size)
    if len({p.tobytes() for p in moved}) < 4:
        sys.exit("the pictures at different times are alike")
    for pair, one, other in zip(pairs, moved, stood):
        if one.tobytes() != other.tobytes():
            wrong = [(i % size[0], i // size[0]) for i in range(size[0] * size[1])
                     if one.getpixel((i % size[0], i // size[0]))
                     != other.getpixel((i % size[0], i // size[0]))]
            sys.exit(f"{pair}: {len(wrong)} pixels differ, the first at {wrong[0]}")
    check_colors(stood[-1], cast)


main()
