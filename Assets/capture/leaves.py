#!/usr/bin/python3
"""Prints all leaves of the direct map, as `directmap replay --leaves-before` reads them.

Walks the kernel's page tables through /proc/kcore. Needs root, and a kernel that is not locked down.
Tells on standard error where the direct map and the page descriptors begin.
"""
import struct
import sys

core = open("/proc/kcore", "rb", buffering=0)


def segments():
    header = core.read(64)
    offset, size, count = struct.unpack_from("<Q", header, 32) + struct.unpack_from("<HH", header, 54)
    found = []
    for index in range(count):
        core.seek(offset + index * size)
        kind, _, place, start, _, length = struct.unpack("<IIQQQQ", core.read(40))
        if kind == 1:
            found.append((start, length, place))
    return found


loads = segments()


def read(address, length):
    for start, size, place in loads:
        if start <= address < start + size:
            core.seek(place + address - start)
            return core.read(length)
    sys.exit("%#x is not in /proc/kcore" % address)


symbols = {}
for line in open("/proc/kallsyms"):
    words = line.split()
    if words[2] in ("init_top_pgt", "page_offset_base", "vmemmap_base", "pgdir_shift"):
        symbols[words[2]] = int(words[0], 16)
if not symbols.get("init_top_pgt"):
    sys.exit("/proc/kallsyms shows no addresses; run this as root")


def number(name, length, default):
    return int.from_bytes(read(symbols[name], length), "little") if name in symbols else default


base = number("page_offset_base", 8, 0xFFFF888000000000)
vmemmap = number("vmemmap_base", 8, 0xFFFFEA0000000000)
top = number("pgdir_shift", 4, 39)
print("--page-offset %#x --vmemmap %#x" % (base, vmemmap), file=sys.stderr)

FRAME = 0x000FFFFFFFFFF000
run = None


def show(first, pages, level, flags):
    global run
    if run and run[0] + run[1] == first and run[2:] == (level, flags):
        run = (run[0], run[1] + pages, level, flags)
        return
    if run:
        print("L %x %x %x %x" % run)
    run = (first, pages, level, flags)


def walk(table, shift, first):
    for index, entry in enumerate(struct.unpack("<512Q", read(table, 4096))):
        pages = 1 << (shift - 12)
        page = first + index * pages
        if entry == 0 or page + pages <= 0 or page >= 1 << 34:
            continue
        # An entry that is not present maps no table here: it is a leaf that was taken away.
        if shift == 12 or shift <= 30 and (entry & 0x81) != 1:
            flags = entry & ~FRAME
            if shift > 12 and entry & 1:
                flags |= entry & 0x1000
            show(page, pages, (shift - 3) // 9, flags)
        elif entry & 1:
            walk(base + (entry & FRAME), shift - 9, page)


# The first frame of the top table's first slot, seen from the base of the direct map.
span = 1 << (top + 9)
walk(symbols["init_top_pgt"], top, -((base & (span - 1)) >> 12))
if run:
    print("L %x %x %x %x" % run)
