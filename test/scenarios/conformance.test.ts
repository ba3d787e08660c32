import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckReport, HistoryReport } from '../../packages/core/src/report/report.js'

/** What real Alembic said, asked again of the installed command: from files on disk to JSON. */
const conformance = new URL('../../../shared/conformance/', import.meta.url)
const bin = fileURLToPath(new URL('../../packages/cli/bin/onehead.js', import.meta.url))

interface ScriptFacts {
  readonly revision: string
  readonly down: readonly string[]
  readonly dependsOn: readonly string[]
  readonly labels: readonly string[]
}

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'onehead-conformance-'))
})
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

/** As the default template of Alembic 1.16 writes it. */
function scriptText({ revision, down, dependsOn, labels }: ScriptFacts): string {
  const value = (ids: readonly string[]) =>
    ids.length === 0 ? 'None' : ids.length === 1 ? quote(ids[0]!) : `(${ids.map(quote).join(', ')})`
  return `"""revision ${revision}

Revision ID: ${revision}
Revises: ${down.join(', ')}
Create Date: 2026-01-01 00:00:00

"""
from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


revision: str = ${quote(revision)}
down_revision: Union[str, Sequence[str], None] = ${value(down)}
branch_labels: Union[str, Sequence[str], None] = ${value(labels)}
depends_on: Union[str, Sequence[str], None] = ${value(dependsOn)}


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
`
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function onehead(...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(process.execPath, [bin, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 256 << 20,
  })
  if (status !== 0 && status !== 1) throw new Error(stderr || stdout)
  return stdout
}

/** `id<parents~depends_on=labels`. */
function parseGraph(graph: string): ScriptFacts[] {
  const list = (text: string | undefined) => (text ? text.split(',') : [])
  return graph
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const match = /^([^<~=]+)(?:<([^~=]*))?(?:~([^=]*))?(?:=(.*))?$/.exec(item)!
      return { revision: match[1]!, down: list(match[2]), dependsOn: list(match[3]), labels: list(match[4]) }
    })
}

describe('the answers of real Alembic, from files on disk to JSON', () => {
  it('agrees on every graph case', () => {
    const cases = JSON.parse(readFileSync(new URL('graph-cases.json', conformance), 'utf8'))
    for (const [name, { graph }] of Object.entries<{ graph: string }>(cases)) {
      write(`graphs/${name}/alembic.ini`, '[alembic]\nscript_location = %(here)s/db\n')
      write(`graphs/${name}/db/env.py`, '')
      parseGraph(graph).forEach((facts, index) => {
        write(`graphs/${name}/db/versions/${String(index).padStart(3, '0')}.py`, scriptText(facts))
      })
    }
    const { environments } = JSON.parse(onehead('history', '--format', 'json')) as { environments: HistoryReport[] }
    const answers = Object.fromEntries(
      environments.map((environment) => [environment.config.split('/')[1], environment]),
    )
    expect(Object.keys(answers).sort()).toEqual(Object.keys(cases).sort())
    for (const [name, expected] of Object.entries<Record<string, string[]> & { error?: string; historyError?: string }>(
      cases,
    )) {
      const answer = answers[name]!
      expect(summary(answer), name).toEqual(expectedSummary(expected))
    }
  })

  it('agrees on every real environment, and folds its debt', () => {
    const rows = gunzipSync(readFileSync(new URL('histories.jsonl.gz', conformance)))
      .toString()
      .trim()
      .split('\n')
    const histories = rows.map((row) => JSON.parse(row)).filter(({ ok }) => ok)
    rmSync(join(root, 'graphs'), { recursive: true, force: true })
    histories.forEach((history, index) => {
      const home = `real/${String(index).padStart(2, '0')}`
      const locations = history.versionLocations.map((path: string) => `%(here)s/${path}`).join('\n    ')
      write(
        `${home}/alembic.ini`,
        `[alembic]\nscript_location = %(here)s/${history.environment}\npath_separator = newline\nversion_locations =\n    ${locations}\nrecursive_version_locations = ${history.recursive}\n`,
      )
      write(`${home}/${history.environment}/env.py`, '')
      for (const [path, revision, down, dependsOn, labels] of history.revisions) {
        write(`${home}/${path}`, scriptText({ revision, down, dependsOn, labels }))
      }
    })
    const { environments } = JSON.parse(onehead('history', '--format', 'json')) as { environments: HistoryReport[] }
    const answers = new Map(environments.map((environment) => [environment.config.split('/')[1], environment]))
    expect(answers.size).toBe(histories.length)
    histories.forEach((history, index) => {
      const answer = answers.get(String(index).padStart(2, '0'))!
      const name = `${history.source} ${history.environment}`
      expect(answer.heads, name).toEqual(history.heads)
      expect(answer.resolvedHeads, name).toEqual(history.effectiveHeads)
      expect(answer.bases, name).toEqual(history.bases)
      expect(
        answer.revisions!.map(({ revision }) => revision),
        name,
      ).toEqual(history.walk)
      const labels = Object.fromEntries(answer.revisions!.map((one) => [one.revision, one.branchLabels]))
      for (const [, revision, , , , effectiveLabels] of history.revisions) {
        expect(labels[revision], name).toEqual([...effectiveLabels].sort())
      }
    })

    execFileSync('git', ['init', '-q'], { cwd: root })
    execFileSync('git', ['add', '.'], { cwd: root })
    const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org']
    execFileSync('git', [...author, 'commit', '-qm', 'everything'], { cwd: root })
    const report = JSON.parse(onehead('check', '--format', 'json')) as CheckReport
    const several = histories.filter(({ heads }) => heads.length > 1).length
    expect(report.diagnostics.filter(({ rule }) => rule === 'multiple-heads')).toHaveLength(several)
    expect(report.diagnostics).toHaveLength(several)
  })
})

function summary(answer: HistoryReport) {
  if (answer.heads === null)
    return { error: answer.error?.kind, revisions: [...(answer.error?.revisions ?? [])].sort() }
  return {
    heads: answer.heads,
    realHeads: answer.resolvedHeads,
    bases: answer.bases,
    branchPoints: answer.branchPoints,
    mergePoints: answer.mergePoints,
    labels: Object.fromEntries(
      (answer.revisions ?? [])
        .filter((one) => one.branchLabels.length > 0)
        .map((one) => [one.revision, one.branchLabels]),
    ),
    history: answer.revisions?.map(({ revision }) => revision) ?? answer.historyError?.kind,
  }
}

/** Alembic lists a duplicate id twice; the contract names each id once. */
function expectedSummary(
  expected: Record<string, string[]> & { error?: string; historyError?: string; labels?: unknown },
) {
  if (expected.error) {
    const [kind, message = ''] = expected.error.split(/: (.*)/s)
    const ids =
      /\(([^)]*)\)/.exec(message)?.[1]?.split(', ') ??
      [...message.matchAll(/'([^']*)'|revision (\S+)/g)].map(([, quoted, id]) => id ?? quoted!)
    const named = kind === 'RevisionError' ? ids.filter((_, index) => index > 0) : ids
    return { error: kind, revisions: [...named].sort() }
  }
  const once = (ids: readonly string[]) => [...new Set(ids)]
  const labels = Object.fromEntries(
    Object.entries(expected.labels as Record<string, string | string[]>).map(([id, label]) => [
      id,
      [label].flat().sort(),
    ]),
  )
  return {
    heads: once(expected.heads!),
    realHeads: once(expected.realHeads!),
    bases: once(expected.bases!),
    branchPoints: once(expected.branchPoints!),
    mergePoints: once(expected.mergePoints!),
    labels: expected.historyError ? {} : labels,
    history: expected.history ?? expected.historyError?.split(':')[0],
  }
}
