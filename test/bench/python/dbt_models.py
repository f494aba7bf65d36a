"""All models of a folder through dbt-duckdb, on a copy of the staged database: dbt_models.py MODELS STAGED WORK."""
import json
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import time

import duckdb

models, staged, work = (pathlib.Path(name) for name in sys.argv[1:4])
project = work / "dbt"
(project / "models").mkdir(parents=True)
database = work / "dbt.duckdb"
shutil.copyfile(staged, database)
(project / "dbt_project.yml").write_text(
    "name: bench\nversion: '1.0'\nprofile: bench\nmodels:\n  bench:\n    +materialized: table\n    +schema: model\n"
)
(project / "macros").mkdir()
(project / "macros" / "schema.sql").write_text(
    "{% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}"
)
(project / "profiles.yml").write_text(
    f"bench:\n  target: dev\n  outputs:\n    dev: {{ type: duckdb, path: '{database}', threads: 2, settings: {{ memory_limit: 4GB }} }}\n"
)
for model in models.glob("*.sql"):
    text = re.sub(r"--.*", "", model.read_text()).strip().rstrip(";")
    (project / "models" / model.name).write_text(re.sub(r"\bmodel\.(\w+)", r"{{ ref('\1') }}", text))
started = time.perf_counter()
dbt = pathlib.Path(sys.executable).parent / "dbt"
done = subprocess.run([dbt, "run", "--project-dir", project, "--profiles-dir", project], capture_output=True, text=True)
seconds = time.perf_counter() - started
if done.returncode != 0:
    sys.exit(done.stdout[-3000:] + done.stderr[-1000:])
with duckdb.connect(str(database), read_only=True) as made:
    rows = made.sql("select sum(estimated_size)::varchar from duckdb_tables() where schema_name = 'model'").fetchone()[0]
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps({"seconds": seconds, "peakRssMb": peak, "result": rows}))
