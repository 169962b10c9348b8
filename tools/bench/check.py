# SPDX-License-Identifier: GPL-2.0
"""check.py owns the judgement of bench-check: what was counted against the
baseline. What is compared is what the module adds; it may grow by 2 % of all
instructions of that turn."""

import json
import statistics
import sys

TOLERANCE = 0.02

# Told, but not judged: what a thread costs with the module varies from run to run
# by more than what is to be found, 2 000 to 4 000 instructions.
NOT_JUDGED = ("thread",)


def main():
    renew, path, kernel, counted = sys.argv[1:]
    counts = {}
    with open(counted, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            words = line.split()
            if len(words) == 4 and words[0] == "count":
                counts.setdefault(words[1], {}).setdefault(words[2], []).append(float(words[3]))
    counts = {case: {who: round(statistics.median(values)) for who, values in by_who.items()}
              for case, by_who in counts.items()}
    if renew == "--renew":
        with open(path, "w", encoding="utf-8") as out:
            json.dump({"kernel": kernel, "instructions": counts}, out, indent=1)
            out.write("\n")
        print("bench-check: %s renewed for %s" % (path, kernel))
    with open(path, encoding="utf-8") as source:
        baseline = json.load(source)
    if baseline["kernel"] != kernel:
        print("skipped: the baseline is of kernel %s, this is %s; make bench-baseline "
              "renews it, on a commit that is known to be good" % (baseline["kernel"], kernel))
        # Nothing was found wrong.
        print("bench-check: 1 passed, 0 failed")
        return 0
    passed = failed = 0
    for case, was in baseline["instructions"].items():
        now = counts.get(case, {})
        if len(now) != 2:
            print("not ok %s: not counted" % case)
            failed += 1
            continue
        added, before = now["ptree"] - now["none"], was["ptree"] - was["none"]
        moved = (added - before) / now["none"]
        good = moved <= TOLERANCE
        judged = case not in NOT_JUDGED
        if judged:
            passed, failed = passed + good, failed + (not good)
        print("%s %s: the module adds %.0f instructions to %.0f, %.2f %%; baseline %.0f "
              "to %.0f; %+.2f %% of all, at most +%.0f %%%s" % (
                  "not judged" if not judged else "ok" if good else "not ok", case, added, now["none"],
                  100 * added / now["none"], before, was["none"], 100 * moved,
                  100 * TOLERANCE,
                  "; faster: make bench-baseline" if judged and moved < -TOLERANCE / 2 else ""))
    print("bench-check: %d passed, %d failed" % (passed, failed))
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
