"""Checks an export of a folder of folder.py by the rules of the program that reads it.

    check.py FORMAT KIND FILE        KIND: run, comparison, verdicts or big

The rules are those of the reader: its schema, its parser where Debian has it, or its
documented grammar. Exit status 1, and what is wrong, where one is broken.
"""
import csv
import datetime
import html.parser
import json
import math
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import folder

HERE = os.path.dirname(os.path.abspath(__file__))


def check(truth, what):
    if not truth:
        raise SystemExit("broken: " + what)


def close(a, b):
    return math.isclose(a, b, rel_tol=1e-8)


def figures(kind):
    """What the rows of this folder are worth: id: ns, lo, hi."""
    if kind == "run":
        return folder.FIGURES
    if kind == "comparison":
        return {k: tuple(x and x * 1.25 for x in v) for k, v in folder.FIGURES.items()}
    return {v["id"]: (v["head_ns"], v["head_ns_lo"], v["head_ns_hi"])
            for v in folder.verdicts() if "head_ns" in v}


def ratios():
    return {v["id"]: round(v["ratio"], 6) for v in folder.verdicts() if "ratio" in v}


def load_json(path, schema):
    import jsonschema

    def refuse(token):
        raise SystemExit("broken: JSON has no " + token)

    def unique(pairs):
        check(len(dict(pairs)) == len(pairs), "a key twice")
        return dict(pairs)

    data = json.load(open(path, encoding="utf-8"), parse_constant=refuse,
                     object_pairs_hook=unique)
    rules = json.load(open(os.path.join(HERE, schema)))
    try:
        jsonschema.Draft7Validator(rules).validate(data)
    except jsonschema.ValidationError as e:
        raise SystemExit("broken: " + e.message)
    return data


def github_action_benchmark(path, kind):
    entries = load_json(path, "github-action-benchmark.schema.json")
    names = [e["name"] for e in entries]
    check(len(set(names)) == len(names), "a name twice")
    if kind.endswith("-relative"):
        if kind.startswith("run"):
            want = {"batch/x:batch=8": 0.125}
        else:
            want = ratios()
        check({e["name"]: round(e["value"], 6) for e in entries} == want, "ratios")
        check(all("range" in e for e in entries), "an interval for each")
        check(all(e["unit"].startswith("times") for e in entries), "the unit of a ratio")
        return
    want = figures(kind)
    check(set(names) == set(want), "the rows with a figure, and no others")
    for e in entries:
        ns, lo, _ = want[e["name"]]
        check(close(e["value"], ns) and e["unit"] == "ns", "value")
        check(("range" in e) == (lo is not None), "an interval where there is one")
        if kind != "verdicts":
            noisy = e["name"] == folder.NOISY
            check(e.get("extra", "").startswith("noisy: says") == noisy, "noisy is marked")


def bencher(path, kind):
    data = load_json(path, "bencher.schema.json")
    want = figures(kind)
    seen = {}
    for name, measures in data.items():
        noisy = name.endswith("-bencher-ignore")
        name = re.sub("-bencher-ignore$", "", name)
        check(noisy == (name == folder.NOISY and kind != "verdicts"), "noisy is marked")
        seen[name] = measures["latency"]
    check(set(seen) == set(want), "the rows with a figure, and no others")
    for name, m in seen.items():
        ns, lo, hi = want[name]
        check(close(m["value"], ns), "value")
        check(("lower_value" in m) == (lo is not None), "an interval where there is one")
        if lo is not None:
            check(close(m["lower_value"], lo) and close(m["upper_value"], hi), "interval")
            check(m["lower_value"] <= m["value"] <= m["upper_value"], "order")


def google_benchmark(path, kind):
    data = load_json(path, "google-benchmark.schema.json")
    # Its own comparison of the file with itself, U test included.
    out = subprocess.run(
        [sys.executable, "/usr/share/benchmark/compare.py", "--no-color", "benchmarks",
         path, path], capture_output=True, text=True,
        env=dict(os.environ, PYTHONPATH=os.path.join(HERE, "stub")))
    check(out.returncode == 0, "compare.py: " + out.stderr)
    want = figures(kind)
    repeats = "U Test, Repetitions: %d vs %d" % (folder.ROUNDS, folder.ROUNDS)
    check(out.stdout.count(repeats) == len(want), "compare.py tests every row")
    check("WARNING" not in out.stdout, "compare.py has repetitions enough")
    check("null/plain_pvalue" in out.stdout, "compare.py names a row")
    by_name = {}
    for b in data["benchmarks"]:
        by_name.setdefault(b["name"], []).append(b)
    check(set(by_name) == set(want), "the rows with a figure, and no others")
    for name, bs in by_name.items():
        check(len(bs) == folder.ROUNDS, "an entry a round")
        check([b["repetition_index"] for b in bs] == list(range(len(bs))), "indices")
        check(all(b["repetitions"] == len(bs) for b in bs), "repetitions")
        check(all(b["iterations"] == 100 * 30 * 2 for b in bs), "iterations")
        for i, b in enumerate(bs):
            check(close(b["real_time"], want[name][0] * (1 + 0.001 * i)), "real_time")
            cpu = 99 if name == "null/plain" else b["real_time"]
            check(close(b["cpu_time"], cpu), "cpu_time")
            label = b.get("label", "")
            check(("cpu_time was not measured" in label) == (name != "null/plain"),
                  "a time that stands in says so")
            check(("noisy" in label) == (name == folder.NOISY), "noisy is marked")
    c = data["context"]
    check(c["num_cpus"] == 3 and c["mhz_per_cpu"] == 3750, "context")
    check(c["cpu_scaling_enabled"] is True and c["load_avg"] == [0.5], "context")


def go(path, kind):
    """The grammar of golang.org/design/14313-benchmark-format, as benchfmt reads it."""
    text = open(path, encoding="utf-8", newline="").read()
    check(text.endswith("\n") and "\r" not in text, "lines")
    config, found, comments = {}, {}, []
    for line in text[:-1].split("\n"):
        if line.startswith("Benchmark"):
            fields = line.split()  # white space of every alphabet, as unicode.IsSpace
            name = fields[0][len("Benchmark"):]
            check(not name or name[0].isupper(), "upper case behind Benchmark: " + name)
            m = re.fullmatch(r"(.*)-([1-9][0-9]*)", name)
            check(m and m[2] == "1", "GOMAXPROCS at the end of the name")
            check(re.fullmatch("[1-9][0-9]*", fields[1]), "iterations: " + fields[1])
            check(int(fields[1]) < 1 << 63, "iterations")
            values, units = fields[2::2], fields[3::2]
            check(values and len(values) == len(units), "pairs of value and unit")
            check(len(set(units)) == len(units), "a unit twice")
            check(all(math.isfinite(float(v)) for v in values), "finite values")
            check(units[0] == "ns/op", "ns/op first")
            found.setdefault(m[1], []).append(dict(zip(units, map(float, values))))
        elif re.match(r"[a-z][^\sA-Z]*:([ \t]|$)", line):
            key, _, value = line.partition(":")
            check(not found, "configuration before results")
            check(key not in config, "a key twice: " + key)
            config[key] = value.strip(" \t")
        else:
            check(line.startswith("# "), "neither a key, nor a result, nor a comment")
            comments.append(line)
    check(config.get("goos") == "linux" and config.get("goarch") == "amd64", "goos, goarch")
    check(config.get("pkg") == "syscost" and "Evil" in config.get("cpu", ""), "pkg, cpu")
    check(set(config) == {"goos", "goarch", "pkg", "cpu"}, "no other key")

    def plain(name):
        name = re.sub(r"^X\\x", r"\\x", name)
        name = re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]),
                      name.encode()).decode()
        return name[0].lower() + name[1:]

    want = figures(kind)
    check({plain(n).replace("/batch=", ":batch=") for n in found} ==
          {n.replace("::", "//").replace("http:", "http/") for n in want}, "names")
    for name, lines in found.items():
        check(len(lines) == folder.ROUNDS, "a line a round")
        check(all(close(x["ticks/op"], x["ns/op"] * folder.TICKS_PER_NS) and
                  close(x["estimated-cycles/op"], x["ticks/op"] * 1.5)
                  for x in lines), "ticks and cycles")
        check(all(("cpu-ns/op" in x) == (name == "Null/plain") for x in lines), "cpu-ns")
    check(sum(c.startswith("# noisy evil/line") for c in comments) == 1, "noisy is said")
    check(any(c.startswith("# skip gone/skip") for c in comments), "skip is said")
    check(any(c.startswith("# fail gone/fail") for c in comments), "fail is said")


def junit(path, kind):
    out = subprocess.run(["xmllint", "--noout", "--nonet", "--schema",
                          os.path.join(HERE, "junit.xsd"), path],
                         capture_output=True, text=True)
    check(out.returncode == 0, "xmllint: " + out.stderr)
    suite = ET.parse(path).getroot()
    cases = suite.findall("testcase")
    check(int(suite.get("tests")) == len(cases), "tests")
    for attribute, tag in ("failures", "failure"), ("skipped", "skipped"):
        check(int(suite.get(attribute)) == len(suite.findall("testcase/" + tag)), tag)
    names = [(c.get("classname"), c.get("name")) for c in cases]
    check(len(set(names)) == len(names), "a name twice")
    failed = {c.get("name") for c in cases if c.find("failure") is not None}
    skipped = {c.get("name") for c in cases if c.find("skipped") is not None}
    evil = folder.EVIL.split("/", 1)[1]
    if kind == "run":
        check(failed == {"fail"}, "what failed: %s" % failed)
        check(skipped == {"skip", "empty"}, "what was skipped: %s" % skipped)
        empty = [c for c in cases if c.get("name") == "empty"][0].find("skipped")
        check(empty.get("message") == "ok: no figure", "why nothing is there")
        line = [c for c in cases if "feed" in c.get("name")][0]
        check(line.get("name") == folder.LINES.split("/", 1)[1], "text is kept")
        check("noisy: " + folder.WHY in line.find("system-out").text, "noisy is said")
    else:
        red = {"r%d" % i for i in range(12)} | {evil}
        check(failed - {"fail"} == red, "what regressed: %s" % failed)
        check(("fail" in failed) == (kind == "comparison"), "a failed row of the head")
        check({"contaminated", "skip", "suspected"} <= skipped, "what is not known: %s" % skipped)
        check(any("feed" in n for n in skipped), "inconclusive is skipped")
        check(not {"plain", "x:batch=8"} & (failed | skipped), "same, improved pass")
        message = [c for c in cases if c.get("name") == evil][0].find("failure")
        check("9.5 times (9.49 to 9.51)" in message.get("message"), "the ratio is said")
        check(folder.WHY in message.get("message"), "the reason is said")
    for c in cases:
        if c.find("skipped") is not None:
            check(c.get("time") is None, "no time of what was skipped")


class Tables(html.parser.HTMLParser):
    """The rows of the tables of a page, and the tags that it has."""

    def __init__(self):
        super().__init__()
        self.rows, self.tags, self.cell, self.text = [], set(), None, ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self.cell = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = None

    def handle_data(self, data):
        self.text += data
        if self.cell:
            self.rows[-1][-1] += data


def markdown(path, kind):
    size = os.path.getsize(path)
    check(size < 1 << 20, "a step summary holds 1 MiB, not %d bytes" % size)
    text = open(path, encoding="utf-8").read()
    # GitHub's own renderer.
    page = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink",
                           "-e", "strikethrough", "-e", "tagfilter"],
                          input=text, capture_output=True, text=True, check=True).stdout
    t = Tables()
    t.feed(page)
    allowed = {"h2", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "strong",
               "details", "summary"}
    check(t.tags <= allowed, "no other tags: %s" % (t.tags - allowed))
    check(len({len(r) for r in t.rows[1:]} - {4, 6}) == 0, "cells a row")
    rows = {r[1 if len(r) == 6 else 0]: r for r in t.rows}

    def spaced(s):
        return re.sub("[\x00-\x1f\x7f]", " ", s)

    if kind == "big":
        m = re.search(r"(\d+) of 12000 rows were left out", text)
        check(m, "what is left out is counted")
        check(len([n for n in rows if n.startswith("big/")]) == 12000 - int(m[1]), "count")
        check(size > 900000, "it is used, too")
        return
    if kind == "run":
        for name, (ns, lo, _) in folder.FIGURES.items():
            row = rows.get(spaced(name))
            check(row, "a row for " + repr(name))
            check(("(" in row[1]) == (lo is not None), "an interval where there is one")
            check(row[3].startswith("noisy: says") == (name == folder.NOISY), "noisy")
        check(rows["null/plain"][1] == "100.5 ns (100.2 to 101)", "figure")
        check(rows["gone/skip"][1] == "-" and rows["gone/skip"][3].startswith("skip"), "skip")
        check(spaced(folder.WHY) in rows["gone/fail"][3], "the reason, as it is")
        return
    for v in folder.verdicts():
        row = rows.get(spaced(v["id"]))
        check(row and row[0] == v["verdict"], "a row for " + repr(v["id"]))
        check(("times (" in row[2]) == ("ratio" in v), "the ratio with its interval")
        check(row[5] == spaced(v["reason"]), "the reason, as it is")
    check(text.index("regressed") < text.index("<details>") < text.index("| same"), "order")
    check(text.count("</details>") == 1, "what is folded ends")
    if kind == "comparison":
        check(folder.COMMAND + " --seed 42" in t.text, "how to do it again")
    check(("gone/fail" in text) == (kind == "comparison"), "what failed is there")


def github_annotations(path, kind):
    """As the runner reads a line: properties, then the message, both unescaped."""
    text = open(path, encoding="utf-8", newline="").read()
    check(text.endswith("\n") and "\r" not in text, "lines")
    warnings, notices = [], []
    for line in text[:-1].split("\n"):
        m = re.fullmatch(r"::(warning|notice) ([^:]*)::(.*)", line)
        check(m, "a command a line: " + line[:80])
        properties = [p.split("=", 1) for p in m[2].split(",")]
        check([p[0] for p in properties] == ["title"], "only a title: %s" % properties)
        check(not re.search("%(?!25|0A|0D|3A|2C)", m[2]), "escapes of the title")
        check(not re.search("%(?!25|0A|0D)", m[3]), "escapes of the message")
        title, message = properties[0][1], m[3]
        for code, c in ("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"):
            title = title.replace(code, c)
            message = message.replace(code, c) if code not in ("%3A", "%2C") else message
        check(0 < len(title) <= 255 and message, "title and message")
        (warnings if m[1] == "warning" else notices).append((title, message))
    check(len(warnings) <= 10 and len(notices) == 1, "ten warnings and a count")
    count = notices[0][1]
    if kind == "run":
        check([w[0] for w in warnings] == ["failed gone/fail"], "what failed")
        check(warnings[0][1] == folder.WHY, "the reason, unescaped")
        check(count == "5 ok, 1 noisy, 1 skip, 1 fail", "count: " + count)
        return
    check(len(warnings) == 10, "ten of fifteen")
    check(warnings[0][0] == ("regressed " + folder.EVIL), "the worst first, its id whole")
    check(folder.WHY in warnings[0][1] and "9.5 times (9.49 to 9.51)" in warnings[0][1],
          "what the worst says")
    check([w[0] for w in warnings[1:]] == ["regressed many/r%d" % i
                                           for i in range(11, 2, -1)], "in order")
    check(count.startswith("13 regressed, 1 suspected, 1 improved, 1 same, 1 inconclusive, "
                           "1 contaminated, 1 skip"), "count: " + count)
    total = 15 if kind == "comparison" else 14
    check(count.endswith("; the worst 10 of %d are shown" % total), "count: " + count)


def otava(path, kind):
    """As CsvImporter reads it: each metric of each row a float, the time a date."""
    with open(path, newline="", encoding="utf-8") as f:
        header, *rows = list(csv.reader(f, delimiter=",", quotechar='"', strict=True))
    check(header[:3] == ["time", "commit", "noisy_rows"], "time, commit, noisy_rows")
    check(len(set(header)) == len(header), "a column twice")
    check("branch" not in header, "a column that means something else")
    check(len(rows) == 1 and len(rows[0]) == len(header), "one row, as wide as its header")
    when = datetime.datetime.strptime(rows[0][0], "%Y-%m-%dT%H:%M:%S%z")
    check(when.year == 2026, "time")
    values = dict(zip(header, rows[0]))
    want = figures(kind)
    check(set(header[3:]) == {n + "_ns" for n in want}, "the rows with a figure")
    for name, (ns, _, _) in want.items():
        check(close(float(values[name + "_ns"]), ns), "value of " + name)
    check(values["noisy_rows"] == ("0" if kind == "verdicts" else "1"), "noisy rows")


def openmetrics(path, kind):
    """Debian's parser of the format, and what it lets through of the specification.

    promtool 2.42 is no check of it: it reads the older text format, without info and stateset.
    """
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    text = open(path, encoding="utf-8", newline="").read()
    check(text.endswith("\n# EOF\n"), "# EOF is the last line")
    try:
        families = {f.name: f for f in text_string_to_metric_families(text)}
    except ValueError as e:
        raise SystemExit("broken: %s" % e)
    series = [(s.name, tuple(sorted(s.labels.items())))
              for f in families.values() for s in f.samples]
    check(len(series) == len(set(series)), "a series twice")
    check(len(series) == len(re.findall("^[^#]", text, re.M)), "every line is a sample")
    for f in families.values():
        check(f.documentation and f.type in ("gauge", "info", "stateset"), "metadata")
        check(f.name.startswith("syscost_"), "name")
        check(f.unit in ("", "seconds", "cycles", "ratio"), "unit")
        check(f.type != "gauge" or f.unit, "a unit for every gauge")
        check(all(math.isfinite(s.value) for s in f.samples), "finite")
    machine = families["syscost_machine"].samples[0]
    if kind != "verdicts":
        check(machine.labels["cpu"] == folder.ENVIRONMENT["model name"], "text is kept")
    arms = {"run": [None], "verdicts": [None], "comparison": ["head", "base"]}[kind]
    for arm in arms:
        want = figures("run" if arm == "base" else kind)
        for name, at in ("", 0), ("lower_", 1), ("upper_", 2):
            got = {s.labels["id"]: s.value
                   for s in families["syscost_operation_%sseconds" % name].samples
                   if s.labels.get("arm") == arm}
            check(set(got) == {k for k, v in want.items() if v[at] is not None}, "rows")
            check(all(close(got[k] * 1e9, want[k][at]) for k in got), "values")
        states = {}
        for s in families["syscost_status"].samples:
            if s.labels.get("arm") == arm and s.value == 1:
                check(s.labels["id"] not in states, "one state a row")
                states[s.labels["id"]] = s.labels["syscost_status"]
        if kind != "verdicts":
            check(states[folder.NOISY] == "noisy", "noisy is marked")
            check(states["gone/skip"] == "skip" and states["gone/fail"] == "fail", "states")
    if kind == "run":
        check("syscost_verdict" not in families, "no verdicts")
        return
    words = {s.labels["id"]: s.labels["syscost_verdict"]
             for s in families["syscost_verdict"].samples if s.value == 1}
    check(words == {v["id"]: v["verdict"] for v in folder.verdicts()}, "verdicts")
    check({s.labels["id"]: round(s.value, 6)
           for s in families["syscost_change_ratio"].samples} == ratios(), "ratios")


def main():
    name, kind, path = sys.argv[1:]
    text = open(path, encoding="utf-8").read()
    # Rules of every format.
    check(not re.search(r"\b(nan|inf|infinity)\b", text, re.I), "NaN or infinity")
    check(not re.search(r"777\.1|7\.7712?5?e", text), "a skipped row became a number")
    check(not re.search(r"888\.1|8\.8812?5?e", text), "a failed row became a number")
    globals()[name.replace("-", "_")](path, kind)


try:
    main()
except (ValueError, KeyError, IndexError, StopIteration, AttributeError) as e:
    raise SystemExit("broken: %r" % e)
