#!/usr/bin/env python3
"""Draws lines of a measure to vouch: monetary-unit sampling, or at random; the same seed draws the same lines.

Usage, in the folder where the archive was unpacked:
  python3 sample.py MEASURE --seed TEXT --size N [--method mus|random] [--entity E] [--basis quarter|ttm]
  python3 sample.py MEASURE --seed TEXT --confidence 95 --materiality X
  python3 sample.py MEASURE --seed TEXT --method random --confidence 95 --rate 5

Without an entity, contributions to the group are drawn from: value x weight. Choose the seed yourself, after
the archive was handed over. Size from confidence and materiality: total x R / materiality, R = -ln(1 -
confidence), the Poisson mean for no misstatement expected (R = 3.0 at 95 % in the usual tables). Size of a random
sample from confidence and a tolerable share of wrong lines: the smallest n for which (1 - rate)^n is at most
1 - confidence (59 at 95 % and 5 %, as in the AICPA's guide "Audit Sampling", table A-1).
"""
import argparse
import csv
import hashlib
import math
import os
import sys
from decimal import Decimal, getcontext

getcontext().prec = 60
HERE = os.path.dirname(os.path.abspath(__file__))
UNIT = Decimal(10) ** 10


def table(name):
    with open(os.path.join(HERE, name), newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def number(seed):
    return int(hashlib.sha256(seed.encode("utf-8")).hexdigest(), 16)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("measure")
    parser.add_argument("--seed", required=True)
    parser.add_argument("--method", choices=["mus", "random"], default="mus")
    parser.add_argument("--entity", default="GROUP")
    parser.add_argument("--basis", choices=["quarter", "ttm"], default="quarter")
    parser.add_argument("--size", type=int)
    parser.add_argument("--confidence", type=float)
    parser.add_argument("--materiality", type=Decimal)
    parser.add_argument("--rate", type=float)
    asked = parser.parse_args()
    measure = next((one for one in table("measures.csv") if one["measure"] == asked.measure), None)
    if measure is None or measure["file"] == "":
        sys.exit(f"{asked.measure} has no lines here: see measures.csv")
    if measure["aggregation"] != "sum" and asked.method == "mus":
        sys.exit(f"{asked.measure} counts, each line alike: --method random")
    window = next(one for one in table("windows.csv") if one["basis"] == asked.basis)
    at_end = measure["time"] in ("stock_end", "trailing")
    lines = []
    for one in table(measure["file"]):
        weight = Decimal(one["weight"])
        inside = (
            one["date"][:7] == window["to"][:7] if at_end else window["from"] <= one["date"] <= window["to"]
        )
        if inside and (weight != 0 if asked.entity == "GROUP" else one["entity"] == asked.entity):
            one["contribution"] = Decimal(one["value"] or 0) * (weight if asked.entity == "GROUP" else 1)
            lines.append(one)
    total = sum((abs(one["contribution"]) for one in lines), Decimal(0))
    size = asked.size
    if size is None:
        bound = asked.rate if asked.method == "random" else asked.materiality
        if not asked.confidence or not bound:
            sys.exit("Say --size N, or --confidence 95 with --materiality X (mus) or --rate 5 (random)")
        risk = math.log(1 - asked.confidence / 100)
    if size is None and asked.method == "random":
        size = min(math.ceil(risk / math.log(1 - asked.rate / 100)), len(lines))
    elif size is None:
        size = math.ceil(float(total) * -risk / float(asked.materiality))
    drawn = []
    if asked.method == "random":
        order = sorted(lines, key=lambda one: hashlib.sha256(f"{asked.seed}\n{one['line']}".encode()).hexdigest())
        drawn = [(one, 1) for one in sorted(order[:size], key=lambda one: int(one["line"]))]
    elif total > 0 and size > 0:
        interval = max(int(total * UNIT) // size, 1)
        next_hit = 1 + number(asked.seed) % interval
        upto = 0
        for one in lines:
            upto += int(abs(one["contribution"]) * UNIT)
            hits = 0 if next_hit > upto else (upto - next_hit) // interval + 1
            next_hit += hits * interval
            if hits:
                drawn.append((one, hits))
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["line", "entity", "site", "date", "contribution", "hits", "extract", "row"])
    for one, hits in drawn:
        out.writerow([one[k] for k in ("line", "entity", "site", "date")]
                     + [format(one["contribution"], "f"), hits, one["extract"], one["row"]])
    print(f"{len(drawn)} of {len(lines)} lines, {size} selections over {total:f}", file=sys.stderr)


if __name__ == "__main__":
    main()
