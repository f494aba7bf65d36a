#!/usr/bin/env python3
"""Recomputes the figures of this folder from its own lines, with Python's standard library alone.

Usage, in the folder where the archive was unpacked: python3 recompute.py [--key KEY.pem]
KEY.pem is the public key that the group handed you by another way; without it, the signature is checked with
the key that lies in the archive, which proves less. Sentences are in the language of the guide.
Exit status: 0 nothing differs; 1 something does, each named on a line.
"""
import argparse
import ast
import base64
import csv
import hashlib
import json
import os
import sys
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, getcontext

getcontext().prec = 60
csv.field_size_limit(1 << 30)
HERE = os.path.dirname(os.path.abspath(__file__))
FRENCH = os.path.exists(os.path.join(HERE, "LISEZ-MOI.md"))
GROUP = "GROUP"
PACKAGE = "package/"
differences = []
remarks = []


def say(english, french):
    return french if FRENCH else english


def path(name):
    return os.path.join(HERE, *name.split("/"))


def table(name):
    with open(path(name), newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)


def text(name):
    with open(path(name), "rb") as file:
        return file.read()


def sha256(name):
    digest = hashlib.sha256()
    with open(path(name), "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def manifest_of():
    return json.loads(text(PACKAGE + "manifest.json"))


def check_hashes():
    """Every file against SHA256SUMS, every output of the run against its manifest."""
    wanted = []
    for line in text("SHA256SUMS").decode("utf-8").splitlines():
        said, name = line.split("  ", 1)
        wanted.append((name, said, "SHA256SUMS"))
    listed = {name for name, _, _ in wanted}
    manifest = say("the manifest", "le manifeste")
    wanted += [(PACKAGE + one["name"], one["sha256"], manifest) for one in manifest_of()["outputs"]]
    for name, said, by in wanted:
        if not os.path.exists(path(name)):
            differences.append(say(f"{name}: {by} names it, it is not here",
                                   f"{name} : {by} le nomme, il n’est pas ici"))
        elif sha256(name) != said:
            differences.append(say(f"{name}: another content than {by} says",
                                   f"{name} : un autre contenu que ne dit {by}"))
    for folder, _, files in os.walk(HERE):
        for one in files:
            name = os.path.relpath(os.path.join(folder, one), HERE).replace(os.sep, "/")
            if name not in listed and name != "SHA256SUMS" and not name.endswith(".pyc"):
                remarks.append(say(f"{name}: not part of the archive", f"{name} : ne fait pas partie de l’archive"))
    return len(wanted)


# Ed25519 (RFC 8032, 5.1): points in extended coordinates.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    x = (a[1] - a[0]) * (b[1] - b[0]) % P
    y = (a[1] + a[0]) * (b[1] + b[0]) % P
    z, w = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = y - x, w - z, w + z, y + x
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, point):
    total = (0, 1, 1, 0)
    while number > 0:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def point_of(octets):
    y = int.from_bytes(octets, "little")
    odd, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and odd):
        raise ValueError("not a point")
    if x & 1 != odd:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_of((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed_with(key, message, signature):
    """Whether the 64 bytes sign the message with the key of 32 bytes."""
    try:
        if len(key) != 32 or len(signature) != 64:
            return False
        owner, part = point_of(key), point_of(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    a, b = times(scalar, BASE), add(part, times(challenge, owner))
    return scalar < ORDER and (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def key_of(pem):
    """The 32 bytes of an Ed25519 public key in PEM (RFC 8410)."""
    body = b"".join(line for line in pem.splitlines() if not line.startswith(b"-----"))
    octets = base64.b64decode(body)
    if octets[:12].hex() != "302a300506032b6570032100":
        raise ValueError("not an Ed25519 key")
    return octets[12:]


def check_signature(key_file):
    if not os.path.exists(path(PACKAGE + "manifest.sig")):
        if key_file:
            differences.append(say("package/manifest.sig: the manifest is not signed, though a key is given",
                                   "package/manifest.sig : le manifeste n’est pas signé, alors qu’une clé est donnée"))
        return say("no signature", "pas de signature")
    try:
        if key_file:
            with open(key_file, "rb") as file:
                key = key_of(file.read())
        else:
            key = key_of(text(PACKAGE + "manifest.pub.pem"))
        good = signed_with(key, text(PACKAGE + "manifest.json"), base64.b64decode(text(PACKAGE + "manifest.sig")))
    except (OSError, ValueError):
        good = False
    if not good:
        differences.append(say("package/manifest.sig: the manifest is not the one that was signed with this key",
                               "package/manifest.sig : le manifeste n’est pas celui qui a été signé avec cette clé"))
        return say("bad signature", "signature fausse")
    if not key_file:
        remarks.append(say("the signature was checked with the archive's own key: give the group's with --key",
                           "la signature est contrôlée avec la clé de l’archive même : donnez celle du groupe par --key"))
    return say("signature good", "signature bonne")


def check_conservation():
    """Rows read = staged + quarantined, for each extract, as the sealed manifest says."""
    sealed = {one["id"]: one for one in manifest_of()["extracts"]}
    count = 0
    for one in table("extracts.csv"):
        count += 1
        read, staged, set_aside = (int(one[k]) for k in ("rows_read", "rows_staged", "rows_quarantined"))
        if read != staged + set_aside:
            differences.append(say(f"{one['id']}: {read} rows read, {staged} staged, {set_aside} in quarantine",
                                   f"{one['id']} : {read} lignes lues, {staged} chargées, {set_aside} en quarantaine"))
        told = sealed.pop(one["id"], None)
        if told is None or any(str(told[k]) != one[k] for k in ("sha256", "rows_read", "rows_staged", "rows_quarantined")):
            differences.append(say(f"extracts.csv, {one['id']}: not as in the manifest",
                                   f"extracts.csv, {one['id']} : autrement que dans le manifeste"))
    for name in sealed:
        differences.append(say(f"extracts.csv: {name} is missing", f"extracts.csv : {name} manque"))
    return count


def check_journal():
    """Each decision is chained to the one before, the first to the manifest of the draft."""
    name = next((one for one in ("decisions.ndjson", PACKAGE + "decisions.ndjson") if os.path.exists(path(one))), None)
    lines = [] if name is None else [one for one in text(name).split(b"\n") if one]
    before = (manifest_of().get("publication") or {}).get("draft_manifest_sha256") or sha256(PACKAGE + "manifest.json")
    told = list(table("decisions.csv"))
    for place, line in enumerate(lines):
        entry = json.loads(line)
        if entry["previous"] != before:
            differences.append(say(f"{name}, line {place + 1}: does not follow from the one before",
                                   f"{name}, ligne {place + 1} : ne suit pas de la précédente"))
        before = hashlib.sha256(line).hexdigest()
        if place >= len(told) or any(str(entry[k]) != told[place][k].lstrip("'") for k in ("sequence", "subject", "by")):
            differences.append(say(f"decisions.csv, line {place + 2}: not as in {name}",
                                   f"decisions.csv, ligne {place + 2} : autrement que dans {name}"))
    if len(told) > len(lines):
        differences.append(say("decisions.csv: decisions that no journal has", "decisions.csv : des décisions qu’aucun journal n’a"))
    return len(lines)


def check_ledger():
    """Each line of the ledger of published figures is chained to those before."""
    chain, count = "0" * 64, 0
    with open(path("ledger.csv"), newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows, None)
        for count, cells in enumerate(rows, 1):
            stated = cells.pop()
            plain = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
            chain = hashlib.sha256(f"{chain}\n{plain}".encode("utf-8")).hexdigest()
            if chain != stated:
                differences.append(say(f"ledger.csv, line {count + 1}: does not follow from those before",
                                       f"ledger.csv, ligne {count + 1} : ne suit pas des précédentes"))
                break
    return count


def apart(a, b):
    return abs(a - b) > Decimal("1e-9") + abs(b) * Decimal("1e-9")


def factors():
    """Sealed emission factors, by id and version: the values that they had."""
    known = defaultdict(set)
    for name in ("factors", "group_factors"):
        file = f"{PACKAGE}definition/factors/{name}.csv"
        if os.path.exists(path(file)):
            for one in table(file):
                known[(one["factor_id"], one["version"])].add(Decimal(one["value_kgco2e"]))
    return known


def emission_of(one):
    """tCO2e of a line: activity (6 decimals) times kgCO2e, over a thousand; None without a factor."""
    if not one["factor_value"] or not one["activity"]:
        return None
    activity = Decimal(one["activity"]).quantize(Decimal("1e-6"), ROUND_HALF_UP)
    return activity * Decimal(one["factor_value"]) / 1000


def check_emission(measure, one, known):
    made = emission_of(one)
    place = f"{measure['file']}, line {one['line']}" if not FRENCH else f"{measure['file']}, ligne {one['line']}"
    if (made is None) != (one["value"] == "") or (made is not None and apart(made, Decimal(one["value"]))):
        differences.append(say(f"{place}: activity times factor makes {made}, stated {one['value']}",
                               f"{place} : l’activité par le facteur fait {made}, il est dit {one['value']}"))
    sealed = known.get((one["factor_id"], one["factor_version"]))
    if sealed and Decimal(one["factor_value"]) not in sealed:
        differences.append(say(f"{place}: {one['factor_id']} is {one['factor_value']}, not what definition/factors says",
                               f"{place} : {one['factor_id']} vaut {one['factor_value']}, autrement que dans definition/factors"))


def cells_of(measure, known):
    """The lines of a measure by entity, date, share and key: their sum; streamed. Emissions are made again on the way."""
    cells, count, emissions = {}, 0, 0
    for one in table(measure["file"]):
        count += 1
        if "factor_value" in one:
            emissions += 1
            check_emission(measure, one, known)
        key = one["key"] if measure["aggregation"] == "distinct" else ""
        place = (one["entity"], one["date"], one["weight"], key)
        cells[place] = cells.get(place, Decimal(0)) + Decimal(one["value"] or 0)
    return [(e, d, Decimal(w), k, total) for (e, d, w, k), total in cells.items()], count, emissions


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
    known, count, skipped, emissions = {}, 0, 0, 0
    for rows in stated.values():
        for one in rows:
            if one["value"]:
                known[(one["measure"], one["entity"], one["basis"])] = Decimal(one["value"])
    sealed = factors()
    for measure in table("measures.csv"):
        complete = measure["file"] != "" and measure["reason"] == ""
        if not complete:
            skipped += len(stated[measure["measure"]])
            continue
        try:
            cells, lines, made = cells_of(measure, sealed)
        except (OSError, KeyError, TypeError, InvalidOperation):
            differences.append(say(f"{measure['file']}: cannot be read", f"{measure['file']} : illisible"))
            continue
        emissions += made
        if lines != int(measure["rows"]):
            differences.append(say(f"{measure['file']}: {lines} lines, measures.csv says {measure['rows']}",
                                   f"{measure['file']} : {lines} lignes, measures.csv en dit {measure['rows']}"))
        for one in stated[measure["measure"]]:
            if not one["value"]:
                continue
            again = value_of(measure, cells, one["entity"], windows[(one["basis"], one["period"])])
            count += 1
            if apart(again, Decimal(one["value"])):
                place = f"{one['measure']}, {one['entity']}, {one['basis']}"
                differences.append(say(f"{place}: the lines make {again}, stated {one['value']}",
                                       f"{place} : les lignes font {again}, il est dit {one['value']}"))
    return known, count, skipped, emissions


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
    places = defaultdict(dict)
    for (measure, entity, basis), value in known.items():
        places[(entity, basis)][measure] = value
    count, skipped = 0, 0
    for figure in table(PACKAGE + "figures.csv"):
        if figure["period"] != period or not figure["value"]:
            continue
        place = f"{figure['indicator']}, {figure['entity']}, {figure['basis']}"
        indicator = indicators.get(figure["indicator"])
        if indicator is None:
            differences.append(say(f"{place}: indicators.csv does not define it",
                                   f"{place} : indicators.csv ne le définit pas"))
            continue
        values = places[(figure["entity"], figure["basis"])]
        top = evaluate(indicator["numerator"], values)
        bottom = evaluate(indicator["denominator"], values) if indicator["denominator"] else Decimal(1)
        if top is None or bottom is None or bottom == 0:
            skipped += 1
            continue
        count += 1
        again = top / bottom * Decimal(indicator["scale"])
        if apart(again, Decimal(figure["value"])):
            differences.append(say(f"{place}: recomputed {again}, stated {figure['value']}",
                                   f"{place} : recalculé {again}, il est dit {figure['value']}"))
    return count, skipped


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--key", help=say("public key that the group handed over", "clé publique que le groupe a remise"))
    asked = parser.parse_args()
    # a console of another encoding prints what it can
    sys.stdout.reconfigure(errors="replace")
    files = check_hashes()
    signature = check_signature(asked.key)
    extracts, decisions, published = check_conservation(), check_journal(), check_ledger()
    known, measures, closed, emissions = check_measures()
    figures, unknown = check_figures(known)
    print(say(
        f"{files} hashes; {signature}; {extracts} extracts, rows read = staged + quarantined; {decisions} decisions and "
        f"{published} lines of the ledger, each chained; {measures} values of measures from their lines ({closed} not "
        f"opened here); {emissions} emissions from activity and factor; {figures} figures from measures ({unknown} rest "
        "on one that is not opened here)",
        f"{files} empreintes ; {signature} ; {extracts} extraits, lignes lues = chargées + en quarantaine ; {decisions} "
        f"décisions et {published} lignes du registre, chacune chaînée ; {measures} valeurs de mesures depuis leurs lignes "
        f"({closed} non ouvertes ici) ; {emissions} émissions depuis l’activité et le facteur ; {figures} chiffres depuis "
        f"les mesures ({unknown} reposent sur une qui n’est pas ouverte ici)"))
    for one in remarks + differences:
        print(one)
    print(say(f"{len(differences)} differences", f"{len(differences)} différences"))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
