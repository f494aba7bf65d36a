#!/usr/bin/env python3
"""Draws lines of a measure to vouch: monetary-unit sampling, or at random; the same seed draws the same lines.

Usage, in the folder where the archive was unpacked:
  python3 sample.py MEASURE|INDICATOR --seed TEXT --size N [--method mus|random] [--entity E] [--basis quarter|ttm]
  python3 sample.py MEASURE --seed TEXT --confidence 95 --materiality X
  python3 sample.py MEASURE --seed TEXT --method random --confidence 95 --rate 5

An indicator that rests on one measure is drawn from as that measure; of one that rests on several, the program
names them. Without an entity, contributions to the group are drawn from: value x weight. Choose the seed yourself, after
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
import re
import sys
from decimal import Decimal, getcontext

getcontext().prec = 60
HERE = os.path.dirname(os.path.abspath(__file__))
FRENCH = os.path.exists(os.path.join(HERE, "LISEZ-MOI.md"))
UNIT = Decimal(10) ** 10


def say(english, french):
    return french if FRENCH else english


def table(name):
    with open(os.path.join(HERE, name), newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def number(seed):
    return int(hashlib.sha256(seed.encode("utf-8")).hexdigest(), 16)


def measure_of(name):
    """The row of measures.csv that a name means: a measure, or an indicator that rests on one alone."""
    measures = {one["measure"]: one for one in table("measures.csv")}
    indicator = next((one for one in table("indicators.csv") if one["indicator"] == name), None)
    if name not in measures and indicator is None:
        sys.exit(say(f"{name} is neither in measures.csv nor in indicators.csv",
                     f"{name} n’est ni dans measures.csv ni dans indicators.csv"))
    words = re.findall(r"\w+", f"{indicator['numerator']} {indicator['denominator']}") if indicator else [name]
    found = list(dict.fromkeys(one for one in words if one in measures))
    if name not in measures and len(found) > 1:
        sys.exit(say(f"{name} rests on {', '.join(found)}: name one of them",
                     f"{name} repose sur {', '.join(found)} : nommez l’une d’elles"))
    measure = measures[name if name in measures else found[0]]
    if measure["file"] == "":
        why = measure["reason"] or say("no line in the windows", "aucune ligne dans les fenêtres")
        sys.exit(say(f"{measure['measure']} has no lines here ({why}): see the guide, 6",
                     f"{measure['measure']} n’a pas de lignes ici ({why}) : voir le guide, 6"))
    return measure


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
    for name, low, high in (("size", 1, math.inf), ("confidence", 1, 99.9999), ("materiality", Decimal("1e-9"), math.inf),
                            ("rate", 0.0001, 99.9999)):
        given = getattr(asked, name)
        if given is not None and not low <= given <= high:
            sys.exit(say(f"--{name} {given}: at least {low}, at most {high}", f"--{name} {given} : au moins {low}, au plus {high}"))
    measure = measure_of(asked.measure)
    entities = ["GROUP"] + [one["entity"] for one in table("perimeter.csv")]
    if asked.entity not in entities:
        sys.exit(say(f"no entity {asked.entity}: there are {', '.join(entities)}",
                     f"pas d’entité {asked.entity} : il y a {', '.join(entities)}"))
    if measure["aggregation"] != "sum" and asked.method == "mus":
        sys.exit(say(f"{measure['measure']} counts, each line alike: --method random",
                     f"{measure['measure']} compte, chaque ligne autant qu’une autre : --method random"))
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
            sys.exit(say("Say --size N, or --confidence 95 with --materiality X (mus) or --rate 5 (random)",
                         "Dites --size N, ou --confidence 95 avec --materiality X (mus) ou --rate 5 (random)"))
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
    out.writerow(["line", "entity", "site", "date", "contribution", "hits", "extract", "row", "last_row"])
    for one, hits in drawn:
        out.writerow([one[k] for k in ("line", "entity", "site", "date")]
                     + [format(one["contribution"], "f"), hits, one["extract"], one["row"], one["last_row"]])
    if measure["reason"] == "capped":
        print(say(f"{measure['file']} has the first {measure['listed']} of {measure['rows']} lines only: this is no sample of "
                  "the measure",
                  f"{measure['file']} n’a que les {measure['listed']} premières de {measure['rows']} lignes : ce n’est pas un "
                  "échantillon de la mesure"), file=sys.stderr)
    print(say(f"{measure['measure']}: {len(drawn)} of {len(lines)} lines, {size} selections over {total.normalize():f} {measure['unit']}",
              f"{measure['measure']} : {len(drawn)} de {len(lines)} lignes, {size} tirages sur {total.normalize():f} {measure['unit']}"),
          file=sys.stderr)


if __name__ == "__main__":
    main()
