#!/usr/bin/env python3
"""Recomputes the figures of this folder from its own lines, with Python's standard library alone.

Usage, in the folder where the archive was unpacked: python3 recompute.py
Exit status: 0 nothing differs; 1 something does, each named on a line.
"""
import ast
import csv
import hashlib
import json
import os
import sys
from collections import defaultdict
from decimal import Decimal, getcontext

getcontext().prec = 60
HERE = os.path.dirname(os.path.abspath(__file__))
GROUP = "GROUP"
differences = []


def table(name):
    with open(os.path.join(HERE, name), newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def sha256(name):
    digest = hashlib.sha256()
    with open(os.path.join(HERE, name), "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def check_hashes():
    """Every file against SHA256SUMS, every output of the run against its manifest."""
    count = 0
    with open(os.path.join(HERE, "SHA256SUMS"), encoding="utf-8") as file:
        for line in file:
            wanted, name = line.rstrip("\n").split("  ", 1)
            count += 1
            if sha256(name) != wanted:
                differences.append(f"{name}: another content than SHA256SUMS says")
    with open(os.path.join(HERE, "package", "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    for output in manifest["outputs"]:
        count += 1
        if sha256("package/" + output["name"]) != output["sha256"]:
            differences.append(f"package/{output['name']}: another content than the manifest says")
    return count


def apart(a, b):
    return abs(a - b) > Decimal("1e-9") + abs(b) * Decimal("1e-9")


def cells_of(measure, name):
    """The lines of a measure by entity, date, share and key: [sum, number]; streamed."""
    cells, count = {}, 0
    for one in table(name):
        count += 1
        key = one["key"] if measure["aggregation"] == "distinct" else ""
        cell = cells.setdefault((one["entity"], one["date"], one["weight"], key), [Decimal(0), 0])
        cell[0] += Decimal(one["value"] or 0)
        cell[1] += 1
    return [(e, d, Decimal(w), k, total) for (e, d, w, k), (total, _) in cells.items()], count


def value_of(measure, cells, entity, window):
    """A sum, or a number of distinct keys, over the lines of a place and a window."""
    end = window["to"][:7]
    at_end = measure["time"] in ("stock_end", "trailing")
    group = entity == GROUP
    average = measure["time"] == "stock_average"
    divisor = int(window["months"]) if average else 1
    total, keys = Decimal(0), {}
    for owner, date, weight, key, value in cells:
        inside = date[:7] == end if at_end else window["from"] <= date <= window["to"]
        if not inside or (weight == 0 if group else owner != entity):
            continue
        if measure["aggregation"] == "sum":
            total += value * weight if group else value
        else:
            place = (key, date[:7] if average else "")
            keys[place] = max(keys.get(place, Decimal(0)), weight) if group else Decimal(1)
    return (total + sum(keys.values(), Decimal(0))) / divisor


def check_measures():
    windows = {(one["basis"], one["period"]): one for one in table("windows.csv")}
    stated = defaultdict(list)
    for one in table("measure-values.csv"):
        stated[one["measure"]].append(one)
    known, count, skipped = {}, 0, 0
    for rows in stated.values():
        for one in rows:
            if one["value"]:
                known[(one["measure"], one["entity"], one["basis"])] = Decimal(one["value"])
    for measure in table("measures.csv"):
        complete = measure["file"] != "" and measure["reason"] == ""
        if not complete:
            skipped += len(stated[measure["measure"]])
            continue
        cells, lines = cells_of(measure, measure["file"])
        if lines != int(measure["rows"]):
            differences.append(f"{measure['file']}: {lines} lines, measures.csv says {measure['rows']}")
        for one in stated[measure["measure"]]:
            if not one["value"]:
                continue
            again = value_of(measure, cells, one["entity"], windows[(one["basis"], one["period"])])
            count += 1
            if apart(again, Decimal(one["value"])):
                differences.append(
                    f"{one['measure']}, {one['entity']}, {one['basis']}: the lines make {again}, stated {one['value']}"
                )
    return known, count, skipped


def evaluate(text, values):
    """An expression of measures with + - * / and parentheses; None where a measure is not known."""

    def go(node):
        if isinstance(node, ast.Expression):
            return go(node.body)
        if isinstance(node, ast.Constant):
            return Decimal(str(node.value))
        if isinstance(node, ast.Name):
            return values[node.id]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -go(node.operand)
        if isinstance(node, ast.BinOp):
            left, right = go(node.left), go(node.right)
            if isinstance(node.op, ast.Add):
                return left + right
            if isinstance(node.op, ast.Sub):
                return left - right
            if isinstance(node.op, ast.Mult):
                return left * right
            if isinstance(node.op, ast.Div):
                return left / right
        raise ValueError(text)

    try:
        return go(ast.parse(text, mode="eval"))
    except (KeyError, ZeroDivisionError, ArithmeticError):
        return None


def check_figures(known):
    period = next(iter(table("windows.csv")))["period"]
    indicators = {one["indicator"]: one for one in table("indicators.csv")}
    count, skipped = 0, 0
    for figure in table("package/figures.csv"):
        if figure["period"] != period or not figure["value"]:
            continue
        indicator = indicators[figure["indicator"]]
        values = {m: v for (m, e, b), v in known.items() if e == figure["entity"] and b == figure["basis"]}
        place = f"{figure['indicator']}, {figure['entity']}, {figure['basis']}"
        top = evaluate(indicator["numerator"], values)
        bottom = evaluate(indicator["denominator"], values) if indicator["denominator"] else Decimal(1)
        if top is None or bottom is None or bottom == 0:
            skipped += 1
            continue
        count += 1
        again = top / bottom * Decimal(indicator["scale"])
        if apart(again, Decimal(figure["value"])):
            differences.append(f"{place}: recomputed {again}, stated {figure['value']}")
    return count, skipped


def main():
    files = check_hashes()
    known, measures, closed = check_measures()
    figures, unknown = check_figures(known)
    print(f"{files} hashes; {measures} values of measures from their lines ({closed} not opened here); "
          f"{figures} figures from measures ({unknown} rest on one that is not opened here)")
    for one in differences:
        print(one)
    print(f"{len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
