"""A document of headings, paragraphs, tables and drawings through Typst, tagged: typst_pages.py BLOCKS FILE."""
import json
import resource
import sys
import time
from pathlib import Path

import typst

blocks, path = json.loads(Path(sys.argv[1]).read_text()), sys.argv[2]
folder = Path(sys.argv[1]).parent


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def markup(number, block):
    kind = block["kind"]
    if kind == "table":
        rows = block["rows"]
        columns = max(len(row) for row in rows)
        cells = [quoted(cell) for row in rows for cell in row + [""] * (columns - len(row))]
        head = f"table.header({', '.join(cells[:columns])})"
        return f"#table(columns: {columns}, {head}, {', '.join(cells[columns:])})"
    if kind == "drawing":
        file = folder / f"drawing-{number}.svg"
        file.write_text(block["svg"])
        return f"#image({quoted(file.name)}, width: 100%, alt: \"drawing\")"
    if kind == "heading":
        return f"#heading(level: {block['level']}, {quoted(block['text'])})"
    return f"#par({quoted(block['text'])})"


source = folder / "report.typ"
source.write_text(
    "\n\n".join(
        [
            '#set document(title: "Report")\n#set page("a4", numbering: "1")\n#set text(9pt)\n#outline()',
            *(markup(number, block) for number, block in enumerate(blocks)),
            "#context [#metadata(counter(page).final().first()) <pages>]",
        ]
    )
)
started = time.perf_counter()
typst.compile(str(source), output=path)
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
pages = json.loads(typst.query(str(source), "<pages>", field="value", one=True))
print(json.dumps({"seconds": seconds, "peakRssMb": peak, "amount": pages}))
