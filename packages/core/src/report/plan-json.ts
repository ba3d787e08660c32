import { stepsCommand } from '../notice/commands.js'
import type { DatabaseStep, DatabaseWay, Refusal, Repair, RepairPlan } from '../plan/plan.js'
import { LineIndex, lineStarts } from '../text/line-index.js'
import { type ChangedFile, type Hunk, listHunks, readChangedFiles } from './changed-files.js'
import { diagnosticJson, graphRowJson, positionJson, writeJson } from './json.js'
import type { RepairOutcome, UndoReport } from './repair-report.js'

/** `fix`, `merge` and `rebase` with `--format json`: the plan, what became of it, and what is left; one document with a line end. */
export function formatRepairPlanJson(plan: RepairPlan, outcome: RepairOutcome): string {
  const { git, repairs, changes, refusals, notices } = plan
  return writeJson({
    applied: outcome.applied,
    plan: {
      git: git && { kind: git.kind, target: git.target, commit: git.commit, behind: git.behind },
      repairs: repairs.map(repairJson),
      changes: readChangedFiles(changes).map(changeJson),
      notices,
    },
    refusals: [
      ...refusals.map((refusal) => refusalJson(refusal, null)),
      ...repairs.flatMap((repair) => repair.refusals.map((refusal) => refusalJson(refusal, repair.environment.name))),
    ],
    commit: outcome.commit,
    push: outcome.push,
    walked: (outcome.walked ?? []).map((one) => ({ ...one, steps: one.steps.map(stepJson) })),
    diagnostics: outcome.left.map(diagnosticJson),
    next: outcome.next,
  })
}

/** `fix --undo --format json`. */
export function formatUndoJson({ command, applied, changes, git, databases, refusals }: UndoReport): string {
  return writeJson({
    applied,
    undo: {
      command,
      changes: readChangedFiles(changes).map(changeJson),
      git,
      databases: databases.map(({ environment, at, steps }) => ({
        environment: environment.name,
        at,
        command: stepsCommand(environment, steps),
        steps: steps.map(stepJson),
      })),
    },
    refusals: refusals.map((refusal) => refusalJson(refusal, null)),
  })
}

function repairJson(repair: Repair) {
  const { environment, decision, headsBefore, headsAfter, reasons, moves, renamed, merged, dropped, mended } = repair
  return {
    environment: environment.name,
    path: environment.path,
    decision,
    headsBefore,
    headsAfter,
    reasons,
    moves: moves.map(({ revision, path, from, to }) => ({ revision, path, from, to })),
    renamed: renamed.map(({ from, to, path }) => ({ from, to, path })),
    merged: merged.map(({ revision, parents, path }) => ({ revision, parents, path })),
    dropped: dropped.map(({ revision, path, by }) => ({ revision, path, by })),
    mended: mended.map(({ rule, path, text }) => ({ rule, path, text })),
    databases: repair.ways.map((way) => wayJson(way, repair)),
    notes: repair.notes,
    picture:
      repair.picture === undefined
        ? null
        : { before: repair.picture.before.map(graphRowJson), after: repair.picture.after.map(graphRowJson) },
  }
}

function wayJson(way: DatabaseWay, { environment }: Repair) {
  const { at, isLast, skipped, catchUp, stepBackBefore, stepBackAfter, advised, because } = way
  const commands = (steps: readonly DatabaseStep[] | null) =>
    steps === null || steps.length === 0
      ? null
      : { command: stepsCommand(environment, steps), steps: steps.map(stepJson) }
  return {
    at,
    isLast,
    skipped,
    advised,
    because,
    catchUp: commands(catchUp),
    stepBackBefore: commands(stepBackBefore),
    stepBackAfter: commands(stepBackAfter),
  }
}

function stepJson({ command, revision, purge }: DatabaseStep) {
  return { command, revision, purge: purge ?? false }
}

function changeJson(file: ChangedFile) {
  const { kind, path, from, encoding, after } = file
  return {
    change: kind,
    path,
    from,
    encoding,
    text: kind === 'add' ? after : null,
    edits: kind === 'edit' || kind === 'rename' ? listHunks(file).map((hunk) => editJson(hunk, file)) : [],
  }
}

/** Whole lines with their ends, of the file as it was. */
function editJson({ line, removed, added }: Hunk, { path, from, bytes }: ChangedFile) {
  const starts = lineStarts(bytes)
  const index = new LineIndex(bytes)
  const positionOf = (number: number) => positionJson(index.position(starts[number - 1] ?? bytes.length))
  return {
    path: from ?? path,
    range: { start: positionOf(line), end: positionOf(line + removed.length) },
    text: added.join(''),
  }
}

function refusalJson({ kind, message, help, command, path }: Refusal, environment: string | null) {
  return { kind, environment, message, help, command, path }
}
