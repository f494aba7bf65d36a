"""Rows of ten cells through XlsxWriter, as it streams: xlsx_rows.py ROWS FILE."""
import json
import resource
import sys
import time

import xlsxwriter

rows, path = int(sys.argv[1]), sys.argv[2]
started = time.perf_counter()
with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
    sheet = book.add_worksheet("Lignes")
    for row in range(rows):
        day = f"2026-07-{row % 28 + 1:02d}"
        cells = ("electricity_bought", "Charge C0001", "Site S0001", day, row * 0.125, 1, "measured",
                 "curves_2026-Q3_001.csv", row + 1, "30998000000001")
        sheet.write_row(row, 0, cells)
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peakRssMb": peak, "amount": rows}))
