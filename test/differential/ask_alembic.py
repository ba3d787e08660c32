"""Reads graphs as JSON lines and says what the RevisionMap of the installed Alembic makes of each."""

import json
import signal
import sys
import warnings

from alembic.script.revision import Revision, RevisionMap

warnings.simplefilter("ignore")


class Hung(BaseException):
    pass


def on_alarm(*_):
    raise Hung()


# Processor time, not the clock: a busy machine must not look like a hang.
signal.signal(signal.SIGVTALRM, on_alarm)


def value(ids):
    return None if not ids else ids[0] if len(ids) == 1 else tuple(ids)


def raised(error):
    named = getattr(error, "revisions", None)
    if isinstance(error, KeyError):
        named = [error.args[0]]
    return {"kind": type(error).__name__, "message": str(error), "revisions": named}


def attempt(action):
    try:
        return {"value": action()}
    except Exception as error:
        return raised(error)


def name(revision):
    """Alembic says "base" where no revision is left, None where it went too far."""
    return "<base>" if revision == "base" else revision and revision.revision


def upgrade_target(map_, query):
    return [name(map_._parse_upgrade_target("base", query, True)[0])]


def facts(map_):
    own = {id_: one for id_, one in map_._revision_map.items() if id_ is not None and id_ != () and one.revision == id_}
    return {
        "heads": list(map_.heads),
        "realHeads": list(map_._real_heads),
        "bases": list(map_.bases),
        "realBases": list(map_._real_bases),
        "labels": {id_: sorted(one.branch_labels) for id_, one in own.items()},
        "normalized": {id_: sorted(one._normalized_resolved_dependencies) for id_, one in own.items()},
        "branchPoints": [id_ for id_, one in own.items() if one.is_branch_point],
        "mergePoints": [id_ for id_, one in own.items() if one.is_merge_point],
    }


def walk(map_):
    return [
        one.revision
        for one in map_.iterate_revisions("heads", "base", inclusive=True, assert_relative_length=False)
    ]


def answer(graph, queries):
    result = {"stage": "build"}
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.25)
    try:
        map_ = RevisionMap(
            lambda: [
                Revision(id_, value(down), dependencies=value(deps), branch_labels=value(labels))
                for id_, down, deps, labels in graph
            ]
        )
        built = attempt(lambda: map_._revision_map and None)
        if "kind" in built:
            return {"error": built}
        result.update(facts(map_), stage="history")
        result["history"] = attempt(lambda: walk(map_))
        result["show"] = [attempt(lambda: [name(one) for one in map_.get_revisions(query)]) for query in queries]
        result["target"] = [attempt(lambda: upgrade_target(map_, query)) for query in queries]
        result["stage"] = "done"
    except Hung:
        pass
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return result


for line in sys.stdin:
    graph, queries = json.loads(line)
    print(json.dumps(answer(graph, queries)))
