#!/usr/bin/env python3
"""Makes the small form of recordings of x86-64 kernels, as Assets/recordings has them.

    pack_x86.py RECORDINGS OUTPUT

RECORDINGS has the folders zap, vmalloc, set-memory and boot, each with a folder for each kernel.
OUTPUT gets a file for each recording. What is left out is what directmap does not compare: frames
of vmalloc areas, kernel messages, and answers that are the same as those of the same command
before, for which there is a line `=`.
"""

import os
import sys

BOOT = ["version.txt", "cmdline.txt", "iomem.txt", "dmesg.txt", "leaves.txt", "meminfo.txt"]
# Lines of a log that tell nothing of memory, processor or kernel.
SKIPPED = ("Early memory", "PM: hib", "ACPI: Res", "HugeTLB", "PCI:", "hpet", "TCP:", "Freeing")


def leaves(lines):
    """Runs of leaves without frames, those that are alike together."""
    runs = []
    for line in lines:
        words = line.split()
        if not words or words[0] != "L":
            runs.append(line)
            continue
        first, pages = int(words[1], 16), int(words[2], 16)
        last = runs[-1] if runs else None
        if isinstance(last, list) and last[0] + last[1] == first and last[2:] == words[3:5]:
            last[1] += pages
        else:
            runs.append([first, pages] + words[3:5])
    return [r if isinstance(r, str) else "L %x %x %s %s" % tuple(r) for r in runs]


def probe(text, merges):
    """The commands of a probe and their answers."""
    out, before, command, answer = [], {}, None, []

    def end():
        if command is None:
            out.extend(answer)
            return
        out.append("> " + command)
        if command.startswith(("!dmesg", "!cat /sys")):
            return
        kept = leaves(answer) if merges and command.startswith("leaves") else answer
        if len(kept) > 1 and before.get(command) == kept:
            out.append("=")
        else:
            out.extend(kept)
        before[command] = kept

    for line in text.splitlines():
        if line.startswith("> ") or line.startswith("# "):
            end()
            command, answer = None, []
            if line.startswith("# "):
                out.append(line)
            else:
                command = line[2:]
        else:
            answer.append(line)
    end()
    return "\n".join(out) + "\n"


def boot(folder):
    """The files of a boot in one text."""
    parts = []
    for name in BOOT:
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            continue
        with open(path) as file:
            lines = file.read().splitlines()
        if name == "dmesg.txt":
            lines = [l for l in lines if not l.split("] ", 1)[-1].startswith(SKIPPED)]
        if name == "meminfo.txt":
            lines = [l for l in lines if l.startswith(("MemTotal", "DirectMap"))]
        parts.append("==> %s <==\n%s\n" % (name, "\n".join(lines)))
    return "\n".join(parts)


def main(source, target):
    for kind in ["zap", "vmalloc", "set-memory", "boot"]:
        for kernel in sorted(os.listdir(os.path.join(source, kind))):
            folder = os.path.join(source, kind, kernel)
            output = os.path.join(target, kernel)
            os.makedirs(output, exist_ok=True)
            for name in sorted(os.listdir(folder)):
                path = os.path.join(folder, name)
                if kind == "boot":
                    text, name = boot(path), name + ".txt"
                elif not name.endswith(".txt"):
                    continue
                else:
                    with open(path) as file:
                        text = file.read()
                    if kind != "zap":
                        text = probe(text, kind == "vmalloc")
                    name = name if kind == "zap" else "%s-%s" % (kind, name)
                with open(os.path.join(output, name), "w") as file:
                    file.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
