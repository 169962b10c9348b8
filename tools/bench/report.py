#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""report.py owns the result of the bench: it reads samples, a JSON object a
line, and prints one table of ratios, what design goals they meet, and where a
peer is ahead; it writes bench.json, and curves by gnuplot.

A sample is {"part", "case", "who", "n", "cpus", "unit", "round", "value"}, or
{"part", "case", "who", "missing": why}. Samples of one round were taken side by
side, so ratios are of values of the same round; the median of them is shown,
with the smallest and the largest."""

import argparse
import collections
import json
import os
import re
import statistics
import subprocess
import sys

# To whom the others are compared, part by part; else to ptree.
BASE = {"cost": "none", "latency": "none"}

# They do something else, and are there to be compared with.
NO_PEERS = ("none", "memcpy", "memfd", "snapshot", "kernel")
OURS = ("ptree", "libptree")

# Less of these is not better.
NO_RACE = (("read", "bytes"), ("read", "processes"), ("delta", "bytes"))

# The clock of these parts counts instructions.
LABELS = {"cpu_ns": "CPU time in ns, which are instructions"}

# Of these more is better; of all others less.
MORE = re.compile(r"/s$|per second")

# These are shown as they are, not as ratios: 0 is a good value.
ABSOLUTE = ("%", "percent", "lost", "misses")

# Whoever tells somebody of what happens is compared to ptree when somebody
# listens to that; all others to ptree alone.
COUNTERPART = {"cn_proc": "ptree-follow", "bpftrace": "ptree-follow",
               "sysdig": "ptree-follow", "forkstat": "ptree-watch"}

# A peer is ahead when it is by more than what such measurements vary by.
NOISE = {"instructions": 0.007}
NOISE_ELSE = 0.02

# Goals of the design: median of WHO to median of AGAINST, at most or at least
# LIMIT; in any row of that part, case and unit that has both. A None fits all.
# Against FEWEST: to himself in the row with the smallest n that is many.
FEWEST = "fewest"
Goal = collections.namedtuple("Goal", "text part case unit n who against most least")
GOALS = [
    Goal("cost of the module", "cost", "fork", "instructions", None,
         "ptree", "none", 1.01, None),
    Goal("snapshot against ps -e", "read", "snapshot", "cpu_ns", 10000,
         "ps -e", "ptree", None, 100),
    Goal("snapshot against a scanner", "read", "snapshot", "cpu_ns", 10000,
         "proc-scan", "ptree", None, 30),
    Goal("snapshot against memcpy", "read", "snapshot", "cpu_ns", 10000,
         "ptree", "memcpy", 3, None),
    Goal("cat /proc/ptree against pstree", "read", "text", "cpu_ns", 10000,
         "pstree -p", "ptree", None, 20),
    Goal("misses of chicken and egg", "read", None, "misses", None,
         "ptree", None, 0, None),
    Goal("delta of 10 changes against snapshot", "delta", None, "cpu_ns", 10,
         "snapshot", "ptree", None, 100),
    Goal("longest hold, as at the fewest", "latency", "lock held", "instructions", None,
         "ptree", FEWEST, 1.25, None),
    Goal("bytes per task", "memory", "sharing", "bytes", None, "ptree", None, 320, None),
    Goal("bytes per task", "memory", "forked", "bytes", None, "ptree", None, 320, None),
    Goal("events lost in a storm", "events", "running lost", None, None,
         "ptree-follow", None, 0, None),
    Goal("events lost and not told", "events", "stalled lost untold", None, None,
         "ptree-follow", None, 0, None),
]


def fail(why):
    sys.exit("report: " + why)


def read(paths):
    """All samples, who is missing, and the head of each part."""
    samples, missing, heads = [], [], {}
    for path in paths:
        with open(path, encoding="utf-8", errors="replace") as lines:
            for nr, line in enumerate(lines, 1):
                line = line.strip()
                if not line.startswith("{"):
                    continue
                try:
                    item = json.loads(line)
                except ValueError:
                    fail("%s:%d is no JSON: %s" % (path, nr, line))
                if "head" in item:
                    heads[item["head"]["part"]] = item["head"]
                elif "missing" in item:
                    missing.append(item)
                else:
                    samples.append(item)
    return samples, missing, heads


class Row:
    """All there is of one part, case, n, number of CPUs and unit."""

    def __init__(self, key):
        self.part, self.case, self.n, self.cpus, self.unit = key
        self.values = {}  # who: {round: value}

    def add(self, who, number, value):
        self.values.setdefault(who, {})[number] = value

    def base(self):
        for who in (BASE.get(self.part), "ptree", "ptree-follow"):
            if who in self.values:
                return who
        return next(iter(self.values))

    def median(self, who):
        return statistics.median(self.values[who].values())

    def ratios(self, who, base):
        """Of rounds that both have; of medians, when they share none."""
        mine, other = self.values[who], self.values[base]
        pairs = [(mine[r], other[r]) for r in mine if r in other]
        if not pairs:
            pairs = [(self.median(who), self.median(base))]
        return [a / b for a, b in pairs if b]

    def absolute(self):
        return self.unit in ABSOLUTE

    def better(self, a, b):
        """Whether a is better than b by more than noise."""
        noise = NOISE.get(self.unit, NOISE_ELSE)
        if MORE.search(self.unit):
            a, b = b, a
        return a < b - noise * abs(b)

    def ours(self, peer):
        """To which of ours a peer is compared."""
        for who in (COUNTERPART.get(peer), "ptree", "ptree-follow", "ptree-watch"):
            if who in self.values:
                return who
        return None

    def ahead(self):
        """Peers that are better than ptree in what they do as it does."""
        found = []
        if (self.part, self.unit) in NO_RACE:
            return found
        for who in self.values:
            ours = self.ours(who)
            if ours and not who.startswith(OURS) and who not in NO_PEERS and \
                    self.better(self.median(who), self.median(ours)):
                found.append(who)
        return found


def rows_of(samples):
    rows = {}
    for s in samples:
        key = (s["part"], s["case"], s["n"], s["cpus"], s["unit"])
        rows.setdefault(key, Row(key)).add(s["who"], s["round"], s["value"])
    return list(rows.values())


def short(value):
    if value == int(value) and abs(value) < 1000:
        return "%d" % value
    if abs(value) >= 1000:
        return "{:,.0f}".format(value).replace(",", " ")
    return "%.3g" % value


def ratio(value):
    if value >= 1000:
        return "%.0f" % value
    if value >= 10:
        return "%.1f" % value
    return "%.3f" % value


def cell(row, who, base, absolute):
    if who not in row.values:
        return ""
    if absolute:
        spread = row.values[who].values()
        text = short(row.median(who))
        form = short
    else:
        spread = row.ratios(who, base)
        if not spread:
            return "?"
        text = ratio(statistics.median(spread))
        form = ratio
    if len(spread) > 1:
        text += " (%s..%s)" % (form(min(spread)), form(max(spread)))
    return text


def table(rows):
    """One table; the columns of a part are those who take part."""
    out = []
    for part in dict.fromkeys(r.part for r in rows):
        mine = [r for r in rows if r.part == part]
        # Competitors of different cases need not share columns.
        groups = collections.OrderedDict()
        for row in mine:
            groups.setdefault((row.base(), row.absolute()), []).append(row)
        for (base, absolute), group in groups.items():
            absolute = absolute or all(len(r.values) == 1 for r in group)
            names = dict.fromkeys(w for r in group for w in r.values)
            names = [w for w in names if absolute or w != base]
            head = [part, "n", "cpus", "unit"]
            head += [] if absolute else [base]
            lines = [head + names + ["ahead of ptree"]]
            for r in group:
                line = [r.case, short(r.n), str(r.cpus), r.unit]
                line += [] if absolute else [short(r.median(base))]
                line += [cell(r, w, base, absolute) for w in names]
                lines.append(line + [" ".join("! " + w for w in r.ahead())])
            out.append(lines)
    text = []
    for lines in out:
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        for line in lines:
            cells = [c.ljust(w) if i in (0, 3) or i == len(line) - 1 else c.rjust(w)
                     for i, (c, w) in enumerate(zip(line, widths))]
            text.append("  ".join(cells).rstrip())
        text.append("")
    return "\n".join(text)


def goals_of(rows):
    """Each goal in each row it speaks of: met, or by how much not."""
    found = []
    for goal in GOALS:
        for row in rows:
            if (row.part != goal.part or goal.case not in (None, row.case) or
                    goal.unit not in (None, row.unit) or goal.n not in (None, row.n) or
                    goal.who not in row.values):
                continue
            if goal.against is None:
                value = row.median(goal.who)
            elif goal.against == FEWEST:
                first = min((r for r in rows if r.n >= 1000 and (
                    r.part, r.case, r.unit, r.cpus) == (
                        row.part, row.case, row.unit, row.cpus)),
                            key=lambda r: r.n, default=row)
                if first.n >= row.n or not first.median(goal.who):
                    continue
                value = row.median(goal.who) / first.median(goal.who)
            elif goal.against in row.values:
                value = statistics.median(row.ratios(goal.who, goal.against) or [0])
            else:
                continue
            if goal.most is not None:
                met, limit, word = value <= goal.most, goal.most, "at most"
            else:
                met, limit, word = value >= goal.least, goal.least, "at least"
            found.append({
                "goal": goal.text, "part": row.part, "case": row.case, "n": row.n,
                "cpus": row.cpus, "value": value, "limit": limit, "word": word,
                "met": met, "missed_by": 0 if met else abs(value - limit)})
    return found


def goal_text(found):
    lines = []
    for g in found:
        what = "%s (%s, n=%s, %s CPU)" % (g["goal"], g["case"], short(g["n"]), g["cpus"])
        result = "met" if g["met"] else "MISSED by " + ratio(g["missed_by"])
        lines.append("%-60s %10s  %s %s: %s" % (
            what, ratio(g["value"]), g["word"], short(g["limit"]), result))
    return "\n".join(lines)


# A curve for each of these: what grows with the number of processes or CPUs.
def curves(rows, folder):
    groups = {}
    for row in rows:
        groups.setdefault((row.part, row.case, row.unit, "n", row.cpus), []).append(row)
        groups.setdefault((row.part, row.case, row.unit, "cpus", row.n), []).append(row)
    made = []
    for (part, case, unit, axis, other), group in sorted(groups.items(), key=str):
        group.sort(key=lambda r: getattr(r, axis))
        if len({getattr(r, axis) for r in group}) < 2:
            continue
        name = re.sub(r"[^a-z0-9]+", "-", "-".join([part, case, unit, axis, str(other)]).lower())
        made += plot(os.path.join(folder, name), part, case, unit, axis, other, group)
    return made


def plot(stem, part, case, unit, axis, other, group):
    names = list(dict.fromkeys(w for r in group for w in r.values))
    base = group[0].base()
    relative = BASE.get(part) == base and not group[0].absolute()
    if relative:
        names.remove(base)
    data, lines = [], []
    for who in names:
        rows = [r for r in group if who in r.values and (not relative or base in r.values)]
        points = []
        for row in rows:
            spread = row.ratios(who, base) if relative else list(row.values[who].values())
            if not spread:
                continue
            points.append("%s %g %g %g" % (getattr(row, axis), statistics.median(spread),
                                           min(spread), max(spread)))
        if not points:
            continue
        data.append("$d%d << EOD\n%s\nEOD" % (len(data), "\n".join(points)))
        style = len(data)
        lines.append('$d%d using 1:2:3:4 with yerrorlines lw 2 lc %d pt 7 ps 0.5 title "%s"' % (
            style - 1, style, who))
    if not lines:
        return []
    label = "%s, to %s" % (unit, base) if relative else LABELS.get(unit, unit)
    positive = all(v > 0 for r in group for w in names if w in r.values
                   for v in r.values[w].values())
    what = ("CPU" if other == 1 else "CPUs") if axis == "n" else "processes"
    title = "%s: %s, %s %s" % (part, case, short(other), what)
    made = []
    for terminal, ending in (("svg size 640,400", "svg"), ("pngcairo size 960,600", "png")):
        script = "\n".join(data + [
            "set terminal %s noenhanced" % terminal,
            'set output "%s.%s"' % (stem, ending),
            'set title "%s"' % title,
            'set xlabel "%s"' % {"n": "processes alive" if part != "events" else "events",
                                 "cpus": "CPUs"}[axis],
            'set ylabel "%s"' % label,
            "set key outside right",
            "set grid",
            "set logscale x",
            "set logscale y" if positive and not relative else "",
            "plot " + ", ".join(lines), ""])
        run = subprocess.run(["gnuplot"], input=script, text=True, capture_output=True,
                             check=False)
        if run.returncode:
            print("report: gnuplot: " + run.stderr.strip(), file=sys.stderr)
        else:
            made.append("%s.%s" % (stem, ending))
    return made


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-o", "--output", metavar="FOLDER", help="write bench.json and curves there")
    parser.add_argument("samples", nargs="+")
    args = parser.parse_args()
    samples, missing, heads = read(args.samples)
    rows = rows_of(samples)
    if not rows:
        fail("no samples")
    found = goals_of(rows)

    for head in {json.dumps(dict(h, part="")): h for h in heads.values()}.values():
        print("%s, %s cores; %s; kernel %s; ptree %s, %s%s" % (
            head["cpu"], head["cores"], head["qemu"], head["kernel"], head["commit"],
            head["date"], "; QUICK, for a look only" if head["quick"] else ""))
    print("Ratios to the first column of values: median (smallest..largest) of paired rounds.\n")
    print(table(rows))
    for m in missing:
        print("missing: %s %s %s: %s" % (m["part"], m["case"], m["who"], m["missing"]))
    if found:
        print(goal_text(found))
    behind = [r for r in rows if r.ahead()]
    print("\n%d rows; a peer is ahead in %d; goals: %d met, %d missed" % (
        len(rows), len(behind), sum(g["met"] for g in found),
        sum(not g["met"] for g in found)))

    if args.output:
        os.makedirs(args.output, exist_ok=True)
        with open(os.path.join(args.output, "bench.json"), "w", encoding="utf-8") as out:
            json.dump({
                "heads": heads, "missing": missing, "goals": found,
                "rows": [{"part": r.part, "case": r.case, "n": r.n, "cpus": r.cpus,
                          "unit": r.unit, "base": r.base(), "ahead": r.ahead(),
                          "median": {w: r.median(w) for w in r.values},
                          "ratio": {} if r.absolute() else {
                              w: r.ratios(w, r.base()) for w in r.values}}
                         for r in rows]}, out, indent=1)
            out.write("\n")
        curves(rows, args.output)


if __name__ == "__main__":
    main()
