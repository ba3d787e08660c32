import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { exampleEnvironment, readScript } from '../../../../test/support/read-history.js'
import { bytes } from '../../../../test/support/rule-examples.js'
import { buildHistory } from '../history/build-history.js'
import type { History } from '../history/history.js'
import { type Judgement, type JudgeOptions, judgeHistory } from './judge.js'

/** `[path, revision, down, dependsOn, labels, …]`, as conformance/README.md describes it. */
type Row = readonly [string, string, readonly string[], readonly string[], readonly string[], ...unknown[]]

interface RealHistory {
  readonly source: string
  readonly environment: string
  readonly variant: string
  readonly versionLocations: readonly string[]
  readonly ok: boolean
  readonly heads?: readonly string[]
  readonly revisions?: readonly Row[]
}

const file = new URL('../../../../../shared/conformance/histories.jsonl.gz', import.meta.url)
const histories: RealHistory[] = existsSync(file)
  ? gunzipSync(readFileSync(file))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as RealHistory)
  : []
const reason = histories.length > 0 ? '' : ' (skipped: no conformance data beside the repository)'

const options: JudgeOptions = {
  levels: (_rule, _environment, byDefault) => byDefault,
  isPublished: () => true,
  baseline: new Set(),
  scripts: 'new',
  source: () => new Uint8Array(),
}

/** Alembic's own template of today, with everything that a script rule looks at. */
function write([path, revision, down, dependsOn, labels]: Row): Uint8Array {
  const tuple = (ids: readonly string[]) =>
    ids.length === 0 ? 'None' : ids.length === 1 ? `'${ids[0]}'` : `(${ids.map((id) => `'${id}'`).join(', ')})`
  const slug = path
    .slice(path.lastIndexOf('/') + 1, -3)
    .replace(revision, '')
    .replaceAll('_', ' ')
    .trim()
  return bytes(`"""${slug}

Revision ID: ${revision}
Revises: ${down.join(', ')}
Create Date: 2026-11-20 07:22:10.364733

"""
revision: str = '${revision}'
down_revision: Union[str, Sequence[str], None] = ${tuple(down)}
branch_labels: Union[str, Sequence[str], None] = ${tuple(labels)}
depends_on: Union[str, Sequence[str], None] = ${tuple(dependsOn)}
`)
}

function read(real: RealHistory): { readonly history: History; readonly source: JudgeOptions['source'] } {
  const files = new Map((real.revisions ?? []).map((row) => [row[0], write(row)]))
  const environment = { ...exampleEnvironment({ path: real.environment }), versionLocations: real.versionLocations }
  const scripts = [...files].map(([path, content]) => readScript(path, content))
  return { history: buildHistory(environment, scripts, []), source: (path) => files.get(path) ?? new Uint8Array() }
}

describe.skipIf(reason !== '')(`the first day on real histories${reason}`, () => {
  const hits = new Map<string, number>()
  let scripts = 0

  test.each(histories.map((real) => [`${real.source} ${real.environment} ${real.variant}`, real] as const))(
    '%s',
    (_, real) => {
      const { history, source } = read(real)
      const { diagnostics, folded } = judgeHistory(history, { ...options, source })
      const several = (real.heads ?? []).length > 1
      expect(diagnostics.map(({ rule }) => rule)).toEqual(several ? ['multiple-heads'] : [])
      expect(linesOf({ diagnostics, folded })).toBeLessThanOrEqual(several ? 30 : 4)
      const all = judgeHistory(history, { ...options, source, scripts: 'all' })
      expect(all.folded).toEqual([])
      expect(all.diagnostics.length).toBe(folded.reduce((sum, { count }) => sum + count, diagnostics.length))
      scripts += history.scripts.length
      for (const { rule } of all.diagnostics) hits.set(rule, (hits.get(rule) ?? 0) + 1)
    },
  )

  test('no rule shouts', () => {
    const perThousand = [...hits].map(([rule, count]) => [rule, (count * 1000) / scripts] as const)
    for (const [rule, rate] of perThousand.sort((a, b) => b[1] - a[1])) {
      console.log(`${rule}: ${rate.toFixed(1)} per 1,000 scripts`)
    }
    for (const [rule, rate] of perThousand) expect([rule, rate < 25]).toEqual([rule, true])
    expect(hits.has('placeholder-revision-id')).toBe(false)
    expect(scripts).toBeGreaterThan(3000)
  })
})

/** How much of a terminal a judgement takes, about. */
function linesOf({ diagnostics, folded }: Judgement): number {
  const sizes = diagnostics.map(({ labels, notes, graph }) => 4 + 3 * labels.length + notes.length + graph.length)
  return sizes.reduce((sum, size) => sum + size, folded.length)
}
