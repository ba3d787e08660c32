import type { DatabaseStep, FileChange, Refusal, Repair, RepairPlan } from '../../packages/core/src/plan/plan.js'
import type { RepairOutcome } from '../../packages/core/src/report/repair-report.js'
import type { GraphRow } from '../../packages/core/src/rules/rule.js'
import { exampleEnvironment } from './read-history.js'
import { bytes } from './rule-examples.js'

/** Hand-made plans: what a test does not say is a workspace in which nothing is to be done. */
export function plan(more: Partial<RepairPlan> = {}): RepairPlan {
  return { git: null, repairs: [], changes: [], refusals: [], notices: [], ...more }
}

export function repair(more: Partial<Repair> = {}): Repair {
  return {
    environment: { ...exampleEnvironment({ path: 'billing/migrations', config: 'billing/alembic.ini' }) },
    decision: 'none',
    headsBefore: ['f04d6e2b713c'],
    headsAfter: ['f04d6e2b713c'],
    reasons: [],
    moves: [],
    renamed: [],
    merged: [],
    dropped: [],
    mended: [],
    ways: [],
    refusals: [],
    notes: [],
    ...more,
  }
}

export function outcome(more: Partial<RepairOutcome> = {}): RepairOutcome {
  return { applied: false, commit: null, push: null, left: [], next: null, ...more }
}

export function refusal(kind: string, message: string, more: Partial<Refusal> = {}): Refusal {
  return { kind, message, help: null, command: null, path: null, ...more }
}

export function change(path: string, before: string | null, after: string | null): FileChange {
  return { path, before: before === null ? null : bytes(before), after: after === null ? null : bytes(after) }
}

/** `downgrade 3c9e`, `stamp --purge 3c9e`. */
export function steps(...lines: readonly string[]): readonly DatabaseStep[] {
  return lines.map((line) => {
    const [command, ...rest] = line.split(' ')
    const step = { command: command as DatabaseStep['command'], revision: rest.at(-1)! }
    return rest.length > 1 ? { ...step, purge: true } : step
  })
}

/** One row for each id, each with the parents behind `<`: `8b1f < 3c9e`; heads are those that nothing stands on. */
export function rows(text: string, messages: Readonly<Record<string, string>>, tags: Readonly<Record<string, string>>) {
  const lines = text.split(';').map((line) => line.trim().split(/\s*<\s*/))
  const parents = new Set(lines.flatMap(([, list]) => list?.split(/,\s*/) ?? []))
  return lines.map(([revision = '', list]): GraphRow => {
    return {
      revision,
      message: messages[revision] ?? '',
      parents: (list?.split(/,\s*/) ?? []).map((parent) => ({ revision: parent, indirect: false })),
      tags: tags[revision] === undefined ? [] : [tags[revision]],
      isHead: !parents.has(revision),
    }
  })
}

const MINE = '8b1f2c7d90aa'
const THEIRS = 'f04d6e2b713c'
const OLD = '3c9e51a7b204'
const messages = { [MINE]: 'add invoice due date', [THEIRS]: 'add refund table', [OLD]: 'create invoice table' }

/** The script of `MINE`, revising `parent`. */
export function script(parent: string): string {
  return `"""add invoice due date

Revision ID: ${MINE}
Revises: ${parent}
Create Date: 2026-03-02 09:12:44.120381

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = '${MINE}'
down_revision: Union[str, Sequence[str], None] = '${parent}'
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None
`
}

export const minePath = `billing/migrations/versions/${MINE}_add_invoice_due_date.py`

/** Mine goes on top of theirs. */
export function rebase(more: Partial<Repair> = {}): Repair {
  return repair({
    decision: 'rebase',
    headsBefore: [MINE, THEIRS],
    headsAfter: [MINE],
    reasons: [{ kind: 'unpublished', revisions: [MINE], target: 'origin/main' }],
    moves: [{ revision: MINE, path: minePath, from: [OLD], to: [THEIRS] }],
    ways: [
      {
        at: MINE,
        isLast: true,
        skipped: [THEIRS],
        catchUp: steps(`stamp ${OLD}`, `upgrade ${THEIRS}`, `stamp ${MINE}`),
        stepBackBefore: steps(`downgrade ${OLD}`),
        stepBackAfter: steps(`downgrade ${THEIRS}`, `stamp ${OLD}`, 'upgrade head'),
        advised: 'catch-up',
        because: 'disjoint',
      },
    ],
    picture: {
      before: rows(`${MINE} < ${OLD}; ${THEIRS} < ${OLD}; ${OLD}`, messages, {
        [MINE]: 'yours',
      }),
      after: rows(`${MINE} < ${THEIRS}; ${THEIRS} < ${OLD}; ${OLD}`, messages, { [MINE]: 'moved' }),
    },
    ...more,
  })
}

export const rebaseChange = change(minePath, script(OLD), script(THEIRS))

const MERGE = '5d21c0de77ab'

/** Both are published, and a merge revision joins them. */
export function merge(more: Partial<Repair> = {}): Repair {
  return repair({
    decision: 'merge',
    headsBefore: [MINE, THEIRS],
    headsAfter: [MERGE],
    reasons: [{ kind: 'published', revision: MINE, where: 'origin/main' }],
    merged: [{ revision: MERGE, parents: [MINE, THEIRS], path: mergePath }],
    picture: {
      before: rows(`${MINE} < ${OLD}; ${THEIRS} < ${OLD}; ${OLD}`, messages, {}),
      after: rows(
        `${MERGE} < ${MINE}, ${THEIRS}; ${MINE} < ${OLD}; ${THEIRS} < ${OLD}; ${OLD}`,
        { ...messages, [MERGE]: 'merge due dates and refunds' },
        { [MERGE]: 'new' },
      ),
    },
    ...more,
  })
}

export const mergePath = `billing/migrations/versions/${MERGE}_merge_due_dates_and_refunds.py`

export const mergeChange = change(
  mergePath,
  null,
  script(`${MINE}, ${THEIRS}`).replace('add invoice due date', 'merge due dates and refunds').replace(MINE, MERGE),
)
