#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""profile.py owns the result of scripts/profile: of what QEMU counted in two
runs (see count.c) it tells by how many instructions each function had more in
the second, per unit of what was done more."""

import bisect
import sys

KERNEL = 1 << 47


def read_symbols(path):
    """Addresses in order, and their names: lines "ADDRESS NAME [MODULE]"."""
    symbols = []
    with open(path, encoding="ascii") as lines:
        for line in lines:
            address, name = line.split(None, 1)
            symbols.append((int(address, 16), " ".join(name.split())))
    symbols.sort()
    return [s[0] for s in symbols], [s[1] for s in symbols]


def read_counts(path, addresses, names):
    """Of each function how many instructions, and how often it was entered."""
    instructions, calls = {}, {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            address, length, runs = line.split()
            address, runs = int(address, 16), int(runs)
            at = bisect.bisect_right(addresses, address) - 1
            name = names[at] if address >= KERNEL and at >= 0 else "(programs)"
            instructions[name] = instructions.get(name, 0) + int(length) * runs
            if address >= KERNEL and at >= 0 and addresses[at] == address:
                calls[name] = calls.get(name, 0) + runs
    return instructions, calls


def main():
    symbols, few, many, times, lines = sys.argv[1:]
    addresses, names = read_symbols(symbols)
    before, before_calls = read_counts(few, addresses, names)
    after, after_calls = read_counts(many, addresses, names)
    more = {name: (after.get(name, 0) - before.get(name, 0)) / float(times)
            for name in set(after) | set(before)}
    print("%12s %10s  %s" % ("instructions", "calls", "function"))
    for name in sorted(more, key=lambda n: -abs(more[n]))[:int(lines)]:
        calls = (after_calls.get(name, 0) - before_calls.get(name, 0)) / float(times)
        print("%12.1f %10.3f  %s" % (more[name], calls, name))
    print("%12.1f %10s  all together" % (sum(more.values()), ""))


if __name__ == "__main__":
    main()
