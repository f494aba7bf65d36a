"""Electricity by company, group and window in pandas, from the staged rows: electricity.py DATABASE WINDOWS."""
import hashlib
import json
import resource
import sys
import time

import duckdb
import pandas

path, windows = sys.argv[1], json.loads(sys.argv[2])
with duckdb.connect(path, read_only=True) as database:
    # whole micro-kWh: doubles would not come to the same digits
    intervals = database.sql(
        "select meter, direction, interval_start, (energy_kwh * 1000000)::bigint as micro_kwh from staged.energy_intervals"
    ).df()
    meters = database.sql("select meter, entity, carrier from reference.meter").df()
started = time.perf_counter()
local = intervals["interval_start"].dt.tz_localize("UTC").dt.tz_convert("Europe/Paris")
intervals["month"] = local.dt.strftime("%Y-%m-01")
rows = intervals[intervals["direction"] == "consumption"].merge(meters[meters["carrier"] == "electricity"], on="meter")
monthly = rows.groupby(["entity", "month"], as_index=False)["micro_kwh"].sum()
lines = []
for window in windows:
    inside = monthly[(monthly["month"] >= window["from"]) & (monthly["month"] <= window["to"])]
    sums = inside.groupby("entity")["micro_kwh"].sum().to_dict()
    sums["GROUP"] = sum(sums.values())
    for entity, micro in sums.items():
        lines.append((entity, window["period"], window["basis"], f"{micro // 10**9}.{micro % 10**9:09d}0"))
text = ",".join(" ".join(line) for line in sorted(lines))
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peakRssMb": peak, "result": hashlib.md5(text.encode()).hexdigest()}))
