"""Reads graphs and rows of version tables as JSON lines, and says what the installed Alembic would undo for `downgrade <target>`."""

import json
import sys
import warnings

from alembic.script.revision import Revision, RevisionMap

warnings.simplefilter("ignore")


def value(ids):
    return None if not ids else ids[0] if len(ids) == 1 else tuple(ids)


for line in sys.stdin:
    graph, rows, target = json.loads(line)
    revisions = [Revision(id, value(down), value(depends), value(labels)) for id, down, depends, labels in graph]
    map_ = RevisionMap(lambda: revisions)
    try:
        steps = list(map_.iterate_revisions(tuple(rows), target, select_for_downgrade=True))
    except Exception:
        print("null")
        continue
    print(json.dumps([step.revision for step in steps]))
