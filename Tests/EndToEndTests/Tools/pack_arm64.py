#!/usr/bin/env python3
"""Packs recordings of arm64's linear map: pack_arm64.py RECORDINGS OUTPUT

RECORDINGS holds a folder for each kernel with a folder for each recording; OUTPUT gets a text for each, as
`tail -n +1 -v FILE...` would print what `directmap verify` reads of it. The same input gives the same bytes.
"""

import json
import os
import sys

# What is read, besides the leaves of each step.
FILES = ["version.txt", "iomem.txt", "iomem-hot.txt", "tlbi-map_mem.txt", "tlbi-hotplug.txt"]
KEYS = ["kernel", "config", "ram", "cpu", "append"]
# What lies around arch/arm64/mm/pageattr.c, to tell whose TLB invalidations were counted.
AROUND = ["__cpu_replace_ttbr1", "kernel_page_present"]
SYMBOLS = ["_text", "_stext", "__init_begin", "_data", "_end"]


def text(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def run(folder):
    """run.json with what is read of it, and the steps by their time."""
    whole = json.loads(text(f"{folder}/run.json"))
    small = {key: whole[key] for key in KEYS}
    small["steps"] = {
        name: {"tablesByLevel": step["tablesByLevel"]} for name, step in whole["steps"].items()
    }
    return json.dumps(small, indent=1) + "\n"


def leaves(path):
    """Leaves without the words, which say what the descriptor says."""
    lines = [line.split() for line in text(path).splitlines() if not line.startswith("#")]
    return "".join(" ".join(words[:5]) + "\n" for words in lines)


def calls(path):
    """What was counted call by call."""
    return "".join(line + "\n" for line in text(path).splitlines() if line.startswith("call "))


def stretches(path):
    """What was counted between two calls, by instruction."""
    lines = text(path).splitlines()
    return "".join(line + "\n" for line in lines if line.startswith(("== ", "tlbi at ")))


def symbols(path, names):
    kept = [line for line in text(path).splitlines() if line.split()[2] in names]
    return "".join(line + "\n" for line in kept)


def probe(path):
    """The lines of the probe module, without the time."""
    lines = [line.split("PROBE ", 1) for line in text(path).splitlines()]
    return "".join("PROBE " + parts[1] + "\n" for parts in lines if len(parts) == 2)


def pack(folder):
    parts = {"run.json": run(folder)}
    for name in FILES:
        if os.path.exists(f"{folder}/{name}"):
            parts[name] = calls(f"{folder}/{name}") if name.startswith("tlbi") else text(f"{folder}/{name}")
    if os.path.exists(f"{folder}/probe.txt"):
        parts["probe.txt"] = probe(f"{folder}/probe.txt")
    if os.path.exists(f"{folder}/tlbi-set_memory.txt"):
        parts["tlbi-set_memory.txt"] = stretches(f"{folder}/tlbi-set_memory.txt")
        parts["symbols.txt"] = symbols(f"{folder}/symbols.txt", AROUND)
    if "iomem.txt" not in parts:
        parts["../symbols-nokaslr.txt"] = symbols(f"{folder}/../symbols-nokaslr.txt", SYMBOLS)
    for step in json.loads(parts["run.json"])["steps"]:
        if os.path.exists(f"{folder}/{step}/leaves.txt"):
            parts[f"{step}/leaves.txt"] = leaves(f"{folder}/{step}/leaves.txt")
    return "\n".join(f"==> {name} <==\n{part}" for name, part in parts.items())


def main(source, output):
    for kernel in sorted(os.listdir(source)):
        for config in sorted(os.listdir(f"{source}/{kernel}") if os.path.isdir(f"{source}/{kernel}") else []):
            folder = f"{source}/{kernel}/{config}"
            if not os.path.exists(f"{folder}/run.json"):
                continue
            os.makedirs(f"{output}/arm64-{kernel}", exist_ok=True)
            with open(f"{output}/arm64-{kernel}/{config}.txt", "w", encoding="utf-8") as file:
                file.write(pack(folder))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
