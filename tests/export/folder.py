"""Result folders by hand, with hostile text, for the tests of export.

    folder.py KIND DIR    KIND: run, comparison, advisory, undecided, verdicts, big
                          or skips

The columns come from src/row/row.h, where they are declared.
"""
import csv
import json
import os
import re
import sys

ROW_H = os.path.join(os.path.dirname(__file__), "../../src/row/row.h")

# Numbers that stand in skipped and failed rows, where no export may take them from.
SKIPPED, FAILED = "777.125", "888.125"

EVIL = "evil/\"q\" 'a' & <b>t</b> | `c` \\ %0A::error title=x::y, {z} [l](http://www.e.org) *s* _u_"
LINES = "evil/line\nfeed\r\ttab;é\u00a0nbsp\u2028 -7"
CONTROL = "evil/\x01\x1b[31m\x7f\ufffe\uffff~"
WHY = 'says "so",\n| <b> &amp; % ]]> --> :: # EOF\\'

FIGURES = {  # id: ns, lo, hi
    "null/plain": (100.5, 100.25, 101),
    "batch/x:batch=8": (12.5, 12.25, 13),
    EVIL: (2500, 2400, 2600.5),
    LINES: (0.25, 0.2, 0.3),
    CONTROL: (3e6, None, None),
}
NOISY = LINES
ROUNDS = 10
TICKS_PER_NS = 2.5

COMMAND = "syscost ab --base a|b --head `c` <d>"

ENVIRONMENT = {
    "date": "2026-01-31T12:00:00Z",
    "host": "35a1a9fb48a34154",
    "architecture": "x86_64",
    "model name": 'Evil "CPU"\n# EOF\\ |',
    "kernel": "6.1.0\nBenchmarkFake 1 1 ns/op",
    "cpus online": "0-1,4",
    "governor": "powersave",
    "load average": 0.5,
}


def columns(table):
    text = open(ROW_H).read()
    text = text[text.index("#define %s_COLUMNS" % table):]
    text = re.split(r"\n#define|\n/\*", text[1:])[0]
    ends = ["%s_lo", "%s_hi"]
    made = {"FIGURE": ["%s"] + ends, "RATIO": ["%s_ratio"] + ends, "ENDS": ends}
    return [name % column for kind, column in re.findall(r"X\(([A-Z]+),\s+(\w+),", text)
            for name in made.get(kind, ["%s"])]


def write(path, table, rows):
    with open(path, "w", newline="") as f:
        out = csv.DictWriter(f, columns(table), restval="", lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def result(name, status, ns, lo=None, hi=None, **more):
    row = {"id": name, "group": name.split("/")[0], "name": name.split("/", 1)[1],
           "via": "inline", "status": status, "ns": ns}
    if lo is not None:
        row.update(ns_lo=lo, ns_hi=hi)
    row.update(more)
    return row


def results(scale=1):
    rows = []
    for name, (ns, lo, hi) in FIGURES.items():
        rows.append(result(name, "noisy" if name == NOISY else "ok", ns * scale,
                           lo and lo * scale, hi and hi * scale, ops=2))
    by_id = {r["id"]: r for r in rows}
    by_id[NOISY]["reason"] = WHY
    by_id["null/plain"].update(cycles=400.5, cycles_lo=399, cycles_hi=402,
                               cycles_source="estimated")
    by_id["batch/x:batch=8"].update(base="null/plain", ratio=0.125, ratio_lo=0.12,
                                    ratio_hi=0.13)
    rows.append(result("gone/skip", "skip", SKIPPED, SKIPPED, SKIPPED, reason=WHY,
                       ratio=SKIPPED, base="null/plain", cycles=SKIPPED))
    rows.append(result("gone/fail", "fail", FAILED, FAILED, FAILED, reason=WHY,
                       ratio=FAILED, base="null/plain", cycles=FAILED))
    rows.append(result("gone/empty", "ok", ""))
    return rows


def rounds(scale=1):
    rows = []
    for i in range(ROUNDS):
        for name, (ns, _, _) in FIGURES.items():
            rows.append({"id": name, "round": i, "position": 0, "n": 100, "windows": 40,
                         "quiet": 30, "dropped": 0,
                         "ticks": ns * scale * TICKS_PER_NS * (1 + 0.001 * i),
                         "cycles_per_tick": 1.5})
        for name in ("gone/skip", "gone/fail"):
            rows.append({"id": name, "round": i, "n": 1, "quiet": 1,
                         "ticks": float(SKIPPED if name == "gone/skip" else FAILED)})
    for row in rows:
        if row["id"] == "null/plain":
            row["cpu_ns"] = 99
    # A round without quiet windows has no figure.
    rows.append({"id": "null/plain", "round": ROUNDS, "n": 100, "windows": 40, "quiet": 0})
    return rows


def run(path, scale=1):
    os.makedirs(path)
    write(path + "/results.csv", "RESULT", results(scale))
    write(path + "/rounds.csv", "ROUND", rounds(scale))
    with open(path + "/run.json", "w") as f:
        json.dump({"schema": 1, "fingerprint": "0123456789abcdef", "seconds": 8.5,
                   "calibration": {"ticks_per_ns": TICKS_PER_NS,
                                   "cycles_per_tick_estimated": 1.5},
                   "environment": ENVIRONMENT}, f)


def verdict(name, word, ratio=None, reason="", ns=100.0):
    row = {"id": name, "verdict": word, "reason": reason}
    if ratio:
        row.update(ratio=ratio, ratio_lo=ratio - 0.01, ratio_hi=ratio + 0.01, level=0.99,
                   base_ns=ns, base_ns_lo=ns - 1, base_ns_hi=ns + 1, head_ns=ns * ratio,
                   head_ns_lo=ns * ratio - 1, head_ns_hi=ns * ratio + 1)
    return row


def verdicts():
    rows = [verdict("many/r%d" % i, "regressed", 1.1 + i / 100, "on purpose")
            for i in range(12)]
    rows += [
        verdict("null/plain", "same", 1.0),
        verdict(EVIL, "regressed", 9.5, WHY),
        verdict("batch/x:batch=8", "improved", 0.5),
        verdict(LINES, "inconclusive", 1.02, WHY),
        verdict("some/suspected", "suspected", 130.0, "regressed at first, not confirmed"),
        verdict("some/contaminated", "contaminated", 1.3, "the control moved"),
        verdict("gone/skip", "skip", None, WHY),
    ]
    return rows


def comparison(path):
    os.makedirs(path)
    write(path + "/verdicts.csv", "VERDICT", verdicts())
    run(path + "/base")
    run(path + "/head", 1.25)
    with open(path + "/compare.json", "w") as f:
        json.dump({"command": COMMAND, "seed": "42",
                   "summary": {"disturbed": False, "why": "", "advisory": None}}, f)


def advisory(path):
    comparison(path)
    with open(path + "/compare.json", "w") as f:
        json.dump({"command": COMMAND, "seed": "42",
                   "summary": {"disturbed": True, "why": WHY, "advisory": WHY}}, f)


def undecided(path):
    """Nothing regressed, and more rows are undecided than decided."""
    comparison(path)
    write(path + "/verdicts.csv", "VERDICT",
          [v for v in verdicts() if v["verdict"] in ("suspected", "inconclusive", "same")])
    with open(path + "/compare.json", "w") as f:
        json.dump({"command": COMMAND, "seed": "42",
                   "summary": {"text": "undecided: 2 of 3 benchmarks", "can_tell": False,
                               "disturbed": False, "why": "", "advisory": None}}, f)


def only_verdicts(path):
    os.makedirs(path)
    write(path + "/verdicts.csv", "VERDICT", verdicts())


def big(path):
    run(path)
    rows = [result("big/row%d" % i, "noisy", 5.5, 5, 6, reason="a | long reason " * 9)
            for i in range(12000)]
    write(path + "/results.csv", "RESULT", rows)


def skips(path):
    run(path)
    write(path + "/results.csv", "RESULT",
          [r for r in results() if r["id"].startswith("gone/")])


if __name__ == "__main__":
    {"run": run, "comparison": comparison, "verdicts": only_verdicts, "advisory": advisory,
     "undecided": undecided, "big": big,
     "skips": skips}[sys.argv[1]](sys.argv[2])
