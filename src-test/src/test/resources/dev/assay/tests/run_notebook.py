"""run_notebook.py NOTEBOOK STORE: prints what the cells give, as JSON: a text for each cell of code."""

import json
import os
import sys

import nbformat
from nbclient import NotebookClient

os.environ["ASSAY_STORE"] = sys.argv[2]
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
shown = []
for cell in notebook.cells:
    if cell.cell_type == "code":
        shown.append("".join(out.get("data", {}).get("text/plain", "") for out in cell.outputs))
print(json.dumps(shown))
