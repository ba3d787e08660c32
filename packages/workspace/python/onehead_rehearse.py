"""Rehearses migrations on copies: up, down and up again, one revision at a time, and both orders of branches.

Tells what happens in lines of standard error that hold a mark which only onehead knows; what a database holds at each moment goes
into files beside. Every call of env.py goes on as Alembic would make it, with the steps that we choose.
"""

import itertools
import json
import linecache
import os
import signal
import sys
import traceback

from onehead_rehearse_copies import Copies
from onehead_rehearse_models import compare_models
from onehead_rehearse_shape import shape_of
from onehead_rehearse_words import Refused, Stopped

# More than an application has between env.py and where it fails.
MOST_FRAMES = 200

LONGEST_MESSAGE = 4000

ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


class Rehearsal:
    """`question`: `mark`, `token`, `work` and `folder` (folders), `source`, `dump`, `remote`, `keep`, `rows`, `since`, `extra`."""

    def __init__(self, question):
        self.question = dict(question, count=itertools.count(1).__next__)
        self.copies = Copies(self.question, self.tell)
        self.config = None
        self.script = None
        # Of each database in the order of env.py: its rows, what is pending there, and the shape that was told last.
        self.rows = []
        self.pending = []
        self.told = []
        # What was pending on any of them, in one order.
        self.order = []
        # Where `since` begins.
        self.base = None
        self.files = itertools.count(1)
        self.engines = []

    def tell(self, **note):
        try:
            sys.stdout.flush()
            sys.stderr.flush()
            data = (self.question["mark"] + json.dumps(note) + "\n").encode("utf-8")
            while data:
                data = data[os.write(2, data) :]
        except OSError:
            # Whoever started this is gone: what we made still has to go.
            pass

    def begin(self, start):
        """`start` calls `run` in the end. Whatever happens, the copies are dropped; ends in one of `end`, `refused`, `broken`."""
        for name in ENDING:
            signal.signal(name, self.stop)
        try:
            self.copies.install()
            start()
            if self.config is None:
                raise Refused("environment", "the project's Alembic ended before env.py ran")
        except Refused as refused:
            self.tell(note="refused", kind=refused.kind, message=refused.message, help=refused.help)
        except (Stopped, KeyboardInterrupt) as stopped:
            self.tell(note="refused", kind="stopped", message="it was stopped (%s)" % stopped, help=None)
        except BaseException as error:
            self.tell_broken(error)
        finally:
            for name in ENDING:
                signal.signal(name, signal.SIG_IGN)
            self.dispose()
            self.copies.drop()
            self.tell(note="dropped")

    def tell_broken(self, error):
        """env.py, or the configuration: in the words that Python would have printed."""
        refused = self.copies.refused
        if refused is not None:
            self.tell(note="refused", kind=refused.kind, message=refused.message, help=refused.help)
            return
        if isinstance(error, SystemExit):
            error = error.__context__ or error
        frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
        places = [{"path": os.path.abspath(frame.filename), "line": frame.lineno} for frame in frames]
        self.tell(note="broken", frames=places, **self.described(error, None))

    def stop(self, number, frame):
        raise Stopped("signal %d" % number)

    def run(self, config):
        """Called with the configuration of Alembic."""
        self.config = config
        self.rehearse()
        self.tell(note="end")

    def rehearse(self):
        self.load()
        self.visit()
        if not self.rows:
            raise Refused("environment", "env.py runs no migrations on any database", "see that it calls run_migrations()")
        if self.question["since"]:
            self.base = self.name_of(self.question["since"])
            self.go_back()
        self.plan()
        self.visit("start")
        done = []
        for revision in self.order:
            if not self.rehearse_one(revision, done):
                break
            done.append(revision)
        else:
            self.visit("end", models=True)
        self.try_other_order()

    def load(self):
        from alembic.script import ScriptDirectory

        extra = self.question["extra"]
        self.script = ScriptDirectory.from_config(self.config)
        if extra:
            locations = [str(one) for one in ScriptDirectory.from_config(self.config)._version_locations]
            self.script.version_locations = locations + [extra]

    def plan(self):
        def pending(rows):
            return [step.revision.revision for step in self.script._upgrade_revs("heads", rows)]

        self.pending = [pending(tuple(rows)) for rows in self.rows]
        wanted = set(itertools.chain(*self.pending))
        # One order for all databases: that of a database without anything.
        self.order = [one for one in pending(()) if one in wanted]
        self.tell(note="plan", pending=self.pending, order=self.order)

    def name_of(self, since):
        return "base" if since == "base" else self.script.get_revision(since).revision

    def go_back(self):
        """Each database that has it in its past, one revision at a time."""
        while True:
            chosen = [self.above(rows) for rows in self.rows]
            if not any(chosen):
                return
            revision = next(one[0] for one in chosen if one)
            self.tell(note="begin", revision=revision, step="back")
            self.step(lambda index: chosen[index] if chosen[index] == [revision] else [], False)
            self.visit()

    def above(self, rows):
        """What has to be undone next."""
        if not rows or self.base in rows:
            return []
        return [step.revision.revision for step in self.script._downgrade_revs(self.base, tuple(rows))][:1]

    def rehearse_one(self, revision, done):
        """False where nothing above can be run."""
        if not self.attempt(revision, "up"):
            return False
        up = self.visit("up")
        if not self.attempt(revision, "down"):
            if self.visit() != up:
                self.renew(done + [revision])
            return True
        self.visit("down")
        if not self.attempt(revision, "up-again") or self.visit("up-again") != up:
            self.renew(done + [revision])
        return True

    def attempt(self, revision, step):
        """One step on every database that lacks it; a failure is told, and false."""
        self.tell(note="begin", revision=revision, step=step)
        try:
            self.step(lambda index: [revision] if revision in self.pending[index] else [], step != "down")
        except (Refused, Stopped, KeyboardInterrupt):
            raise
        except BaseException as error:
            self.refuse_swallowed()
            self.tell(note="failed", revision=revision, step=step, **self.described(error, revision))
            return False
        self.tell(note="done", revision=revision, step=step)
        return True

    def step(self, choose, is_upgrade):
        from alembic.runtime.migration import MigrationStep

        def steps(index, rows, context):
            make = MigrationStep.upgrade_from_script if is_upgrade else MigrationStep.downgrade_from_script
            return [make(self.script.revision_map, self.fresh(one)) for one in choose(index)]

        self.environment(steps)

    def fresh(self, revision):
        """As a process of its own would load it: scripts may keep things in their module."""
        from alembic.util import load_python_file

        script = self.script.get_revision(revision)
        folder, name = os.path.split(str(script.path))
        script.module = load_python_file(folder, name)
        return script

    def visit(self, at=None, models=False):
        """Looks what each database holds, and where it stands; runs nothing. `at`: the moment, where it is worth telling."""
        self.rows, shapes = [], []

        def look(index, rows, context):
            if index == len(self.told):
                self.told.append({})
                self.introduce(index, context, rows)
            self.rows.append(sorted(rows))
            shapes.append(shape_of(context, self.question["rows"]))
            if at is not None:
                self.write(index, shapes[-1], at)
            if models:
                self.tell(note="models", database=index, **compare_models(context))
            return []

        self.environment(look, dont_mutate=True)
        return [self.rows, shapes]

    def introduce(self, index, context, rows):
        copy = self.copies.find(context.connection)
        token = context.opts.get("upgrade_token")
        name = token[: -len("_upgrades")] if isinstance(token, str) and token.endswith("_upgrades") else None
        self.tell(note="database", database=index, name=name, copy=copy.name, rows=sorted(rows))

    def write(self, index, shape, at):
        """Only what is another thing than the last time; at the end the order, too."""
        last, self.told[index] = self.told[index], shape
        changed = {key: value for key, value in shape.items() if last.get(key) != value}
        gone = [key for key in last if key not in shape]
        number = next(self.files)
        path = os.path.join(self.question["work"], "shape-%d.json" % number)
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"set": changed, "gone": gone, "order": list(shape) if at == "end" else None}, file)
        self.tell(note="shape", database=index, at=at, number=number)

    def environment(self, choose, **options):
        """Runs env.py once, as a command of Alembic does; `choose` gives the steps of each database."""
        from alembic.runtime.environment import EnvironmentContext

        self.index = -1

        def work(rows, context):
            self.index += 1
            if context.connection is None or context.as_sql:
                raise Refused("not-the-copy", "env.py writes SQL instead of connecting", "let env.py run online here")
            self.copies.find(context.connection)
            if context.connection.engine not in self.engines:
                self.engines.append(context.connection.engine)
            return choose(self.index, rows, context)

        with EnvironmentContext(self.config, self.script, fn=work, **options):
            self.script.run_env()
        self.refuse_swallowed()

    def refuse_swallowed(self):
        if self.copies.refused is not None:
            raise self.copies.refused

    def renew(self, revisions):
        """New copies, brought to where everything above can go on."""
        self.dispose()
        self.copies.renew()
        self.visit()
        if self.base is not None:
            self.go_back()
        for revision in revisions:
            self.tell(note="begin", revision=revision, step="replay")
            self.step(lambda index: [revision] if revision in self.pending[index] else [], True)
        self.visit("renewed")

    def dispose(self):
        """What env.py keeps open would hold the old copy."""
        for engine in self.engines:
            try:
                if getattr(engine.dialect, "is_async", False):
                    engine.dispose(close=False)
                else:
                    engine.dispose()
            except Exception:
                pass
        self.engines = []

    def try_other_order(self):
        heads = [one for one in self.order if self.is_end(one)]
        if len(heads) < 2:
            return
        other = []
        for head in reversed(heads):
            below = self.below(head)
            other += [one for one in self.order if one in below and one not in other]
        if other == self.order:
            return
        self.tell(note="other-order", heads=heads, order=other)
        self.renew([])
        if all(self.attempt(revision, "other-order") for revision in other):
            self.visit("other-order")

    def is_end(self, revision):
        return not (set(self.script.get_revision(revision)._all_nextrev) & set(self.order))

    def below(self, revision):
        found, todo = set(), [revision]
        while todo:
            one = todo.pop()
            if one in found:
                continue
            found.add(one)
            todo += list(self.script.get_revision(one)._all_down_revisions)
        return found

    def described(self, error, revision):
        """What happened, and on which line of the script."""
        frames = traceback.extract_tb(error.__traceback__)
        path = None if revision is None else os.path.realpath(str(self.script.get_revision(revision).path))
        own = [frame for frame in frames if os.path.realpath(frame.filename) == path]
        last = own[-1] if own else None
        # The script itself says no, in its own line.
        is_raised = last is not None and frames[-1] is last and is_raise(last)
        statement = getattr(error, "statement", None)
        return {
            "type": type(error).__name__,
            "message": " ".join(str(getattr(error, "orig", None) or error).split())[:LONGEST_MESSAGE],
            "statement": statement[:LONGEST_MESSAGE] if isinstance(statement, str) else None,
            "line": None if last is None else last.lineno,
            "irreversible": isinstance(error, NotImplementedError) and last is not None and frames[-1] is last or is_raised,
        }


def is_raise(frame):
    text = frame.line or linecache.getline(frame.filename, frame.lineno).strip()
    return text.startswith("raise ")
