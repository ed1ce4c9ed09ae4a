"""Checks that a picture stands alone: well-formed, nothing from elsewhere, no scripts.

usage: check_svg.py FILE [stepped]

A stepped picture has one script.

Prints the title and the description. Ends with status 1 and a line for what is wrong.
"""
import re
import sys
import xml.etree.ElementTree as tree

SPACE = "{http://www.w3.org/2000/svg}"
ELEMENTS = {"svg", "title", "desc", "style", "rect", "g", "path", "text", "pattern", "circle"}
PATH = re.compile(r"(?:[MmLlHhVvQqZz](?: ?-?\d+(?:\.\d+)?)*)+$")


def main():
    text = open(sys.argv[1], encoding="utf-8").read()
    root = tree.fromstring(text)
    names, used, moving, styles = set(), set(), set(), ""
    for element in root.iter():
        name = element.tag.removeprefix(SPACE)
        if name not in ELEMENTS:
            if name != "script" or "stepped" not in sys.argv[2:]:
                sys.exit(f"an element {element.tag}")
            if "http" in element.text or element.attrib:
                sys.exit("a script from elsewhere")
        if name == "style":
            styles += element.text
        for key, value in element.attrib.items():
            if key.startswith("on") or "href" in key:
                sys.exit(f"an attribute {key}")
            if key == "id":
                if value in names:
                    sys.exit(f"{value} stands for two things")
                names.add(value)
            if key == "d" and not PATH.match(value):
                sys.exit(f"a path {value[:80]}")
            used.update(re.findall(r"url\(#([^)]*)\)", value))
            moving.update(re.findall(r"animation-name:(\w+)", value))
            if key.startswith("aria-") and value not in names | {"t", "d"}:
                sys.exit(f"{key} points to nothing")
    if "@import" in styles or "url(" in styles or "http" in styles:
        sys.exit("a style from elsewhere")
    if used - names:
        sys.exit(f"{used - names} are not there")
    if moving != set(re.findall(r"@keyframes (\w+)", styles)):
        sys.exit("pictures and their times do not agree")
    print(root.find(SPACE + "title").text)
    print(root.findtext(SPACE + "desc") or "")


main()
