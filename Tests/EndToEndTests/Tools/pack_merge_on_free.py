#!/usr/bin/env python3
"""Makes the small form of recordings of merging on free, as Assets/recordings has them.

    pack_merge_on_free.py RECORDINGS OUTPUT

RECORDINGS has files *.jsonl, in folders or not; OUTPUT gets a file of the same name for each. A step
says only what changed since the one before, and no count of 0. Left out is what directmap does not
compare: the free blocks of other types after the first line.
"""

import json
import os
import sys

COUNTS = ["merges", "refused", "missed", "marked", "failed", "flush_tlb_all",
          "flush_tlb_kernel_range"]
STATE = ["direct_map_kB", "census", "leaves", "pageblocks", "unmapped_free", "free", "pcp"]


def small(key, value):
    """What directmap looks at of a value of the state."""
    if key == "free":
        return {zone: {"Unmapped": types["Unmapped"]} if "Unmapped" in types else {}
                for zone, types in value.items()}
    return value


def pack(lines):
    """The lines of a recording, each as small as can be."""
    header = json.loads(lines[0])
    before = {key: small(key, header["initial"].get(key)) for key in STATE}
    yield header
    for line in lines[1:]:
        step = json.loads(line)
        out = {key: step[key] for key in ("op", "answers", "ret", "console") if step.get(key)}
        if any(step.get("splits", {}).values()):
            out["splits"] = step["splits"]
        out.update({key: step[key] for key in COUNTS if step.get(key)})
        for key in STATE:
            if key not in step:
                continue
            value = small(key, step[key])
            if value != before[key]:
                out[key] = before[key] = value
        yield out


def main(source, target):
    os.makedirs(target, exist_ok=True)
    for folder, _, names in sorted(os.walk(source)):
        for name in sorted(names):
            if not name.endswith(".jsonl"):
                continue
            with open(os.path.join(folder, name)) as file:
                lines = file.read().splitlines()
            with open(os.path.join(target, name), "w") as file:
                for value in pack(lines):
                    file.write(json.dumps(value, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
