"""Works through a page as a speaker does, by the keyboard, in Chromium.

usage: check_page.py FOLDER PAGE.html STEPPED.svg NUMBER=STILL.svg ...

Fails where a key does not do what the page says of it, where a picture is cut off in some window, where
the page asks the network for anything, where a script fails, or where picture NUMBER, in the page, is not
the still, pixel for pixel but for the smoothing of a few round corners. Prints how many pictures, markers and notes the page has.
"""
import os
import sys

from PIL import Image

from browser import Browser

SHOWN = "document.querySelectorAll('#stage .f.on').length"
CLOCK = "+document.getElementById('seek').value"
WORDS = "document.getElementById('caption').textContent"
STEP = "document.querySelectorAll('.f.on').length"


def expect(is_so, words):
    if not is_so:
        sys.exit(words)


def check_keys(browser):
    pictures = browser.ask("document.querySelectorAll('#stage .f').length")
    markers = browser.ask("document.querySelectorAll('#list li').length")
    expect(pictures > 5 and markers > 2, f"{pictures} pictures, {markers} markers")
    expect(browser.ask(SHOWN) == 0, "the page does not begin with its first picture")
    for key, shown in (("ArrowRight", 1), ("ArrowRight", 2), (".", 3), ("ArrowLeft", 2), (",", 1),
                       ("Home", 0), ("ArrowLeft", 0), ("End", pictures), ("ArrowRight", pictures)):
        browser.press(key)
        expect(browser.ask(SHOWN) == shown, f"{key} shows {browser.ask(SHOWN)}, not {shown}")
    browser.press("Home")
    starts = browser.ask(
        "[...new Set([...document.querySelectorAll('#list li')].map(e => +e.dataset.t))]")
    for key, place in (("n", 0), ("]", 1), ("PageDown", 2), ("[", 1), ("p", 0)):
        # The first marker may be at the very start.
        place += 1 if starts[0] == 0 else 0
        browser.press(key)
        expect(browser.ask(CLOCK) == starts[place], f"{key} goes to {browser.ask(CLOCK)}")
        said = browser.ask(
            f"[...document.querySelectorAll('#list li')].filter(e => +e.dataset.t === {starts[place]})"
            ".map(e => e.querySelector('span+span').textContent).join(' ')")
        expect(browser.ask(WORDS) == said, f"the caption is {browser.ask(WORDS)!r}, not {said!r}")
    browser.press("Home", " ")
    browser.wait(CLOCK + " > 0")
    browser.press(" ")
    stopped = browser.ask(CLOCK)
    browser.ask("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(browser.ask(CLOCK) == stopped, "Space does not pause")
    browser.press("+", "5")
    expect(browser.ask("document.getElementById('speed').textContent") == "1.5x", "+ is no faster")
    browser.press("-", "m")
    expect(browser.ask("getComputedStyle(document.getElementById('list')).display") == "block",
           "m opens no list")
    browser.press("Tab", "Enter", "Escape")
    expect(browser.ask(CLOCK) in starts, "Enter in the list goes to no marker")
    browser.press("?")
    expect(browser.ask("document.getElementById('help').classList.contains('open')"), "? shows no keys")
    browser.press("Escape", "c")
    expect(browser.ask("document.getElementById('caption').hidden"), "c keeps the caption")
    notes = browser.ask("document.querySelectorAll('#notes p').length")
    browser.press("c", "End", "s")
    shown = browser.ask("!document.getElementById('notes').hidden")
    expect(shown == (notes > 0), "s does not show the notes")
    expect(notes == 0 or browser.ask("document.querySelectorAll('#notes p.on').length") > 0,
           "no note is shown")
    browser.press("s")
    return pictures, markers, notes


def check_windows(browser):
    for width, height in ((640, 480), (1280, 720), (1920, 1080), (500, 900)):
        browser.resize(width, height)
        box = browser.ask(
            "(r => [r.left, r.top, r.right, r.bottom])"
            "(document.querySelector('#stage svg').getBoundingClientRect())")
        bar = browser.ask("document.getElementById('bar').getBoundingClientRect().bottom")
        fits = box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= bar <= height
        expect(fits, f"at {width}x{height} the picture is at {box}, the bar ends at {bar}")


def check_pictures(folder, browser, page, stills):
    for number, still in stills:
        browser.open(page)
        size = browser.ask("(b => [b.width, b.height])(document.querySelector('svg').viewBox.baseVal)")
        browser.resize(*map(int, size))
        browser.ask(
            "(s => { s.style.cssText += ';position:fixed;left:0;top:0;height:auto;max-height:none;"
            f"width:{size[0]}px'; document.body.style.background = '#000';"
            "[...document.querySelectorAll('#caption,#bar')].forEach(e => e.style.visibility = 'hidden')"
            "})(document.querySelector('#stage svg'))")
        browser.press(*["ArrowRight"] * (number - 1))
        one, other = f"{folder}/page.png", f"{folder}/still.png"
        browser.photograph(one)
        plain = f"{folder}/plain.html"
        with open(plain, "w", encoding="utf-8") as out:
            out.write("<!doctype html><meta charset=utf-8><body style='margin:0;background:#000'>"
                      "<style>svg{display:block}</style>"
                      + open(still, encoding="utf-8").read())
        browser.open(plain)
        browser.photograph(other)
        a, b = Image.open(one).convert("RGB"), Image.open(other).convert("RGB")
        pairs = enumerate(zip(a.getdata(), b.getdata()))
        differ = [(i, max(abs(x - y) for x, y in zip(p, q))) for i, (p, q) in pairs if p != q]
        # Round corners that lie on others of their kind are smoothed a little differently.
        expect(a.size == b.size and len(differ) <= 40 and all(d <= 40 for _, d in differ),
               f"picture {number}: {len(differ)} pixels differ, the first at "
               f"{differ and (differ[0][0] % a.size[0], differ[0][0] // a.size[0])}")


def check_without_scripts(browser, page):
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(page)
    hidden = browser.ask(
        "[...document.querySelectorAll('#stage .f')]"
        ".filter(e => getComputedStyle(e).display === 'none').length")
    expect(hidden == 0, f"without scripts {hidden} groups of the last picture are hidden")
    expect(browser.ask("getComputedStyle(document.getElementById('list')).display") == "block",
           "without scripts the markers are hidden")
    expect(browser.ask("getComputedStyle(document.getElementById('bar')).display") == "none",
           "without scripts there are controls")
    browser.send("Emulation.setScriptExecutionDisabled", value=False)


def check_steps(browser, picture):
    browser.open(picture)
    groups = browser.ask("document.querySelectorAll('.f').length")
    steps = int(browser.ask("document.querySelector('#n').textContent").split(" / ")[1])
    expect(steps > 3 and browser.ask(STEP) == 0, f"{steps} steps, {browser.ask(STEP)} groups")
    seen = [0]
    for key in ["ArrowRight", "PageDown", " ", "n"] + ["]"] * steps:
        browser.press(key)
        seen.append(browser.ask(STEP))
    expect(seen == sorted(seen) and seen[-1] == groups and len(set(seen)) == steps, f"steps are {seen}")
    browser.press("PageUp")
    expect(browser.ask(STEP) == sorted(set(seen))[-2], "PageUp does not go back")
    browser.press("Home")
    browser.click(400, 200)
    expect(browser.ask(STEP) == sorted(set(seen))[1], "a click does not go on")
    browser.click(20, 200)
    expect(browser.ask(STEP) == 0, "a click on the left does not go back")
    moving = browser.ask(
        "[...document.querySelectorAll('.f')]"
        ".filter(e => getComputedStyle(e).animationName !== 'none').length")
    expect(moving == 0, f"{moving} groups still move by themselves")


def main():
    folder, page, stepped = sys.argv[1:4]
    stills = [(int(p.split("=")[0]), p.split("=", 1)[1]) for p in sys.argv[4:]]
    with Browser(folder) as browser:
        browser.open(page)
        print(*check_keys(browser))
        check_windows(browser)
        check_without_scripts(browser, page)
        check_steps(browser, stepped)
        check_pictures(folder, browser, page, stills)
        elsewhere = [u for u in browser.requests if not u.startswith("file://" + os.path.abspath(folder))]
        expect(not elsewhere, f"requests {elsewhere}")
        expect(not browser.troubles, f"{browser.troubles}")


main()
