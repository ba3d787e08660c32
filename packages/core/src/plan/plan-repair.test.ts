import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type HistorySetting, readHistory } from '../../../../test/support/read-history.js'
import { bytes } from '../../../../test/support/rule-examples.js'
import type { History } from '../history/history.js'
import { loadOperationsReader } from '../operations/load.js'
import type { ScriptOperations } from '../operations/operation.js'
import { scan } from '../script/scanner.js'
import type { PlanContext, Standing } from './context.js'
import type { Repair } from './plan.js'
import { type PlannedRepair, planRepair } from './plan-repair.js'

/** `id < parent, parent ~ dependency = label; …`, as files. */
function filesOf(graph: string): Map<string, Uint8Array> {
  const files = graph.split(';').flatMap((part) => {
    const [, id, parents, dependency, label] =
      /^\s*(\w+)(?:\s*<\s*([\w,\s]+?))?(?:\s*~\s*(\w+))?(?:\s*=\s*(\w+))?\s*$/.exec(part) ?? []
    return id === undefined
      ? []
      : [[pathOf(id), bytes(textOf(id, parents?.split(/\s*,\s*/) ?? [], dependency, label))] as const]
  })
  return new Map(files)
}

const pathOf = (id: string) => `migrations/versions/${id}_say_${id}.py`

function textOf(id: string, parents: readonly string[], dependency?: string, label?: string): string {
  const down =
    parents.length > 1 ? `(${parents.map((one) => `'${one}'`).join(', ')})` : parents[0] ? `'${parents[0]}'` : 'None'
  return `"""say ${id}

Revision ID: ${id}
Revises: ${parents.join(', ')}
Create Date: 2026-11-${10 + (id.charCodeAt(0) % 16)} 10:00:00

"""
from typing import Sequence, Union  # a comment

revision: str = '${id}'
down_revision: Union[str, Sequence[str], None] = ${down}  # stays
branch_labels = ${label ? `('${label}',)` : 'None'}
depends_on = ${dependency ? `'${dependency}'` : 'None'}


def upgrade() -> None:
    pass
`
}

interface Setting extends Partial<Omit<PlanContext, 'history' | 'standing' | 'source'>> {
  readonly published?: string
  readonly standing?: Partial<Standing>
  readonly history?: HistorySetting
}

const IDLE = { span: null, operations: [], isEmpty: true, raises: false }
const NOTHING = { upgrade: IDLE, downgrade: IDLE } as unknown as ScriptOperations

const operationsOf = await loadOperationsReader()
const CREATE = "op.create_table('plans', sa.Column('id', sa.Integer()))"

/** Two children of one revision, `b` and `c`, that do this. */
function doing(theirs: string, mine: string): Map<string, Uint8Array> {
  const files = filesOf('a; b < a; c < a')
  for (const [id, statement] of [
    ['b', theirs],
    ['c', mine],
  ] as const) {
    const undo = statement === CREATE ? "op.drop_table('plans')" : 'pass'
    const text = textOf(id, ['a']).replace(
      '    pass\n',
      `    ${statement}\n\n\ndef downgrade() -> None:\n    ${undo}\n`,
    )
    files.set(
      pathOf(id),
      bytes(text.replace('from typing', 'import sqlalchemy as sa\nfrom alembic import op\nfrom typing')),
    )
  }
  return files
}

/** Plans a drawn history; `published` lists the ids that `origin/main` has. */
function plan(
  graph: string | Map<string, Uint8Array>,
  { published = '', standing, history: set, ...more }: Setting = {},
) {
  const files = typeof graph === 'string' ? filesOf(graph) : graph
  const history = readHistory(files, set)
  const ids = new Set(published.split(/\s+/).filter(Boolean))
  const context: PlanContext = {
    history,
    source: (path) => files.get(path) ?? new Uint8Array(),
    read: scan,
    operationsOf: () => NOTHING,
    includesTarget: true,
    standing: {
      target: 'origin/main',
      published: null,
      publishedIn: (id) => (ids.has(id) ? 'origin/main' : null),
      publishedPath: () => null,
      publishedSource: () => null,
      sharedOn: () => null,
      stampedIn: () => null,
      ...standing,
    },
    want: 'auto',
    wantedBy: 'policy',
    mends: true,
    overlaps: 'refuse',
    writeMerge: (parents) => ({
      revision: 'feedfeedfeed',
      path: 'migrations/versions/feedfeedfeed_merge.py',
      bytes: bytes(
        textOf(
          'feedfeedfeed',
          parents.map(({ revision }) => revision),
        ),
      ),
    }),
    ...more,
  }
  const planned = planRepair(context)
  return { ...planned, files, after: applied(files, planned, set) }
}

function applied(files: ReadonlyMap<string, Uint8Array>, { changes }: PlannedRepair, set?: HistorySetting): History {
  const written = new Map(files)
  for (const { path, after } of changes) {
    if (after === null) written.delete(path)
    else written.set(path, after)
  }
  return readHistory(new Map([...written].sort(([one], [other]) => (one < other ? -1 : 1))), set)
}

const moves = ({ moves: all }: Repair) => all.map(({ revision, from, to }) => `${revision}: ${from} > ${to}`).join('; ')
const kinds = ({ refusals }: Repair) => refusals.map(({ kind }) => kind).join(' ')

describe('what nobody has yet goes on top of what is published', () => {
  test.each([
    ['one revision', 'a; b < a; c < a', 'a b', 'c: a > b', 'c'],
    ['a chain: its lowest moves', 'a; b < a; c < a; d < c; e < d', 'a b', 'c: a > b', 'e'],
    ['onto the last of several', 'a; b < a; b2 < b; c < a', 'a b b2', 'c: a > b2', 'c'],
    ['both sides of an inner fork', 'a; b < a; c < a; d < a; m < c, d', 'a b', 'c: a > b; d: a > b', 'm'],
    [
      'an inner merge with what was published then',
      'a; b < a; c < a; m < c, b; b2 < b',
      'a b b2',
      'c: a > b2; m: c,b > c',
      'm',
    ],
    ['a base of its own', 'a; b < a; c', 'a b', 'c:  > b', 'c'],
    ['two lines, the older one first', 'a; b < a; d < a; c < a', 'a b', 'c: a > b; d: a > c', 'd'],
    ['where nothing is published the older stays', 'a; d < a; c < a', '', 'd: a > c', 'd'],
    ['a dependency stays what it is', 'a; b < a; c < a ~ b', 'a b', 'c: a > b', 'c'],
    [
      'what others of mine depend on goes first, however young',
      'a; b < a ~ d; c < a; d < a',
      'a c',
      'd: a > c; b: a > d',
      'b',
    ],
  ])('%s', (_, graph, published, moved, head) => {
    const { repair, after } = plan(graph, { published })
    expect(repair.decision).toBe('rebase')
    expect(moves(repair)).toBe(moved)
    expect(repair.headsAfter).toEqual([head])
    expect(after.map.heads).toEqual([head])
    expect(after.error).toBeNull()
  })

  test('only the parent and its line in the docstring change', () => {
    const { changes, files } = plan('a; b < a; c < a', { published: 'a b' })
    const [change] = changes
    const text = new TextDecoder().decode(change!.after!)
    expect(changes.map(({ path }) => path)).toEqual([pathOf('c')])
    expect(change!.before).toEqual(files.get(pathOf('c')))
    expect(text).toContain("down_revision: Union[str, Sequence[str], None] = 'b'  # stays")
    expect(text.replaceAll("'b'  #", "'a'  #").replace('Revises: b', 'Revises: a')).toBe(
      new TextDecoder().decode(files.get(pathOf('c'))),
    )
  })

  test('a tuple squeezed to one parent is written as one', () => {
    const { changes } = plan('a; b < a; c < a; m < c, b; b2 < b', { published: 'a b b2' })
    const merge = changes.find(({ path }) => path === pathOf('m'))!
    expect(new TextDecoder().decode(merge.after!)).toContain("= 'c'  # stays")
    expect(new TextDecoder().decode(merge.after!)).toContain('Revises: c\n')
  })
})

describe('a fact decides for a merge revision', () => {
  const shared = { sharedOn: (id: string) => (id === 'c' ? { branch: 'origin/plans', author: 'Ada' } : null) }
  test.each([
    ['both heads are published', 'a; b < a; c < a', { published: 'a b c' }, 'published published'],
    ['somebody else works on it', 'a; b < a; c < a', { published: 'a b', standing: shared }, 'published shared'],
    [
      'a database has run it',
      'a; b < a; c < a',
      { published: 'a b', standing: { stampedIn: (id: string) => (id === 'c' ? 'staging' : null) } },
      'published stamped',
    ],
    ['a label would mean another branch', 'a; b < a; c < a = plans', { published: 'a b' }, 'published labelled'],
    ['the policy says so', 'a; b < a; c < a', { published: 'a b', want: 'merge' as const }, 'policy'],
    ['the other side depends on it', 'a; b < a ~ c; c < a', { published: 'a b' }, 'depended-on'],
    ['the target itself is split', 'a; b < a; c < a; d < b', { published: 'a b c' }, 'published published'],
  ])('%s', (_, graph, setting, reasons) => {
    const { repair, after } = plan(graph, setting)
    expect(repair.decision).toBe('merge')
    expect(repair.reasons.map(({ kind }) => kind).join(' ')).toBe(reasons)
    expect(after.map.heads).toEqual(['feedfeedfeed'])
    expect(repair.moves).toEqual([])
  })

  test('without a target everything committed counts as published', () => {
    const { repair } = plan('a; b < a; c < a', { published: 'a b c', standing: { target: null } })
    expect(repair.decision).toBe('merge')
    expect(repair.reasons.map(({ kind }) => kind)).toEqual(['no-target', 'no-target'])
  })
})

describe('a refusal is a sentence of its own, and nothing is written', () => {
  const labels = { history: { expectedHeads: ['billing', 'users'] } }
  test.each<readonly [string, string, Setting, string]>([
    ['published, and told to rebase', 'a; b < a; c < a', { published: 'a b c', want: 'rebase' }, 'published published'],
    [
      'no target, and told to rebase',
      'a; b < a; c < a',
      { published: 'a b c', want: 'rebase', standing: { target: null } },
      'no-target no-target',
    ],
    ['a base with a label', 'a; b < a; c = billing', { published: 'a b' }, 'separate-branch'],
    [
      'published branches that have always stood apart',
      'a = billing; b < a; c < a; u = users',
      { published: 'a b u' },
      'separate-branch separate-branch',
    ],
    [
      'the template is for Alembic alone',
      'a; b < a; c < a',
      { published: 'a b c', writeMerge: () => ({ refusal: 'script.py.mako has a loop' }) },
      'needs-alembic',
    ],
    ['a parent that is nowhere', 'a; b < a; c < zz', { published: 'a b' }, 'missing-parent'],
    ['a circle', 'a < c; b < a; c < b', {}, 'cycle'],
    ['a head on no expected branch', 'a = billing; b = users; c', labels, 'stray-head'],
  ])('%s', (_, graph, setting, expected) => {
    const { repair, changes } = plan(graph, setting)
    expect(repair.decision).toBe('refuse')
    expect(kinds(repair)).toBe(expected)
    expect(changes).toEqual([])
  })

  test('a way out names a fork, not two branches that have never met', () => {
    const { repair } = plan('a; u; v < u; w < u', { published: 'a u v', history: { expectedHeads: 2 } })
    expect(repair.refusals).toMatchObject([{ kind: 'several-expected', command: 'onehead merge --heads v,w' }])
  })

  test('files and ids are those that there are, where an id is declared twice', () => {
    const files = doing(CREATE, CREATE)
    const mine = new TextDecoder().decode(files.get(pathOf('c')))
    files.delete(pathOf('c'))
    files.set('migrations/versions/b_add_plan.py', bytes(mine.replaceAll("'c'", "'b'")))
    const { repair } = plan(files, {
      published: 'a b',
      operationsOf,
      standing: { publishedPath: (id) => (id === 'b' ? pathOf('b') : null) },
    })
    expect(repair.refusals).toMatchObject([{ kind: 'overlap', path: 'migrations/versions/b_add_plan.py' }])
    expect(repair.refusals[0]!.message).toContain('b here, b in')
  })

  test('conflict markers: whose they are is for people to say', () => {
    const files = filesOf('a; b < a')
    files.set(
      pathOf('b'),
      bytes(`<<<<<<< HEAD\nrevision = 'b'\n=======\nrevision = 'c'\n>>>>>>> dates\ndown_revision = 'a'\n`),
    )
    expect(kinds(plan(files).repair)).toBe('conflict-markers')
  })
})

describe('what both sides create', () => {
  const files = () => doing(CREATE, CREATE)

  test('is refused with both places', () => {
    const { repair } = plan(files(), { published: 'a b', operationsOf })
    expect(repair.refusals).toMatchObject([{ kind: 'overlap', path: pathOf('c') }])
    expect(repair.refusals[0]!.message).toContain('table plans')
    expect(repair.refusals[0]!.message).toContain(pathOf('b'))
  })

  test('is gone past when somebody says so', () => {
    const { repair } = plan(files(), { published: 'a b', operationsOf, overlaps: 'allow' })
    expect(repair.ways).toMatchObject([{ at: 'c', advised: 'step-back', because: 'overlap' }])
  })

  test('is taken out of mine, downgrade too, and of nothing that is published', () => {
    const { changes, after } = plan(files(), { published: 'a b', operationsOf, overlaps: 'drop' })
    expect(changes.map(({ path }) => path)).toEqual([pathOf('c')])
    const text = new TextDecoder().decode(changes[0]!.after!)
    expect(text.match(/pass {2}# table plans: b creates it/g)).toHaveLength(2)
    expect(text).not.toContain('op.')
    expect(after.map.heads).toEqual(['c'])
  })
})

describe('merge revisions that race', () => {
  test('ours goes where the target has joined the same heads', () => {
    const { repair, changes, after } = plan('a; b < a; c < a; m < b, c; n < b, c; o < n', { published: 'a b c n o' })
    expect(repair.decision).toBe('drop-merge')
    expect(repair.dropped).toEqual([{ revision: 'm', path: pathOf('m'), by: 'n' }])
    expect(changes).toEqual([{ path: pathOf('m'), before: expect.anything(), after: null }])
    expect(after.map.heads).toEqual(['o'])
    expect(repair.ways[0]).toMatchObject({
      at: 'm',
      catchUp: [{ command: 'stamp', revision: 'n', purge: true }, { command: 'upgrade' }],
    })
  })

  test('what was built on ours goes on top of theirs', () => {
    const { repair, after } = plan('a; b < a; c < a; m < b, c; x < m; n < b, c', { published: 'a b c n' })
    expect(after.map.heads).toEqual(['x'])
    expect(after.map.parents('x')).toEqual(['n'])
    expect(repair.dropped.map(({ revision }) => revision)).toEqual(['m'])
  })

  test('what was built on ours is compared with what was built on theirs', () => {
    const files = filesOf('a; b < a; c < a; m < b, c; n < b, c')
    const side = doing(CREATE, CREATE)
    files.set(
      pathOf('x'),
      bytes(
        new TextDecoder()
          .decode(side.get(pathOf('c')))
          .replaceAll("'c'", "'x'")
          .replace("'a'", "'m'"),
      ),
    )
    files.set(
      pathOf('y'),
      bytes(
        new TextDecoder()
          .decode(side.get(pathOf('b')))
          .replaceAll("'b'", "'y'")
          .replace("'a'", "'n'"),
      ),
    )
    const { repair } = plan(files, { published: 'a b c n y', operationsOf })
    expect(repair.refusals).toMatchObject([{ kind: 'overlap', path: pathOf('x') }])
  })

  test('a database at what was built on ours gets what was built on theirs', () => {
    const { repair } = plan('a; b < a; c < a; m < b, c; x < m; n < b, c; y < n', { published: 'a b c n y' })
    expect(repair.headsAfter).toEqual(['x'])
    expect(repair.ways.find(({ at }) => at === 'x')).toMatchObject({
      skipped: ['n', 'y'],
      catchUp: [
        { command: 'stamp', revision: 'b', purge: true },
        { command: 'stamp', revision: 'c' },
        { command: 'upgrade', revision: 'y' },
        { command: 'stamp', revision: 'x' },
      ],
    })
  })

  test('a merge of theirs that does something is never taken for run', () => {
    const { repair } = plan('a; b < a; c < a; m < b, c; n < b, c; o < n', {
      published: 'a b c n o',
      operationsOf: (source) =>
        new TextDecoder().decode(source).includes("revision: str = 'n'")
          ? { ...NOTHING, upgrade: { ...IDLE, isEmpty: false } }
          : NOTHING,
    })
    expect(repair.ways[0]).toMatchObject({
      at: 'm',
      catchUp: [{ revision: 'b', purge: true }, { revision: 'c' }, { command: 'upgrade', revision: 'head' }],
    })
  })

  test('one that does something itself stays, on top of theirs', () => {
    const { repair, after } = plan('a; b < a; c < a; m < b, c; n < b, c', {
      published: 'a b c n',
      operationsOf: () => null,
    })
    expect(repair.dropped).toEqual([])
    expect(after.map.heads).toEqual(['m'])
    expect(after.map.parents('m')).toEqual(['n'])
  })
})

describe('what is mended besides', () => {
  test('an id declared twice: the unpublished file gets one of its own, its child follows', () => {
    const files = filesOf('a; b < a')
    files.set('migrations/versions/b_add_plan.py', bytes(textOf('b', ['a']).replace('say b', 'add plan')))
    files.set(pathOf('c'), bytes(textOf('c', ['b'])))
    const { repair, after } = plan(files, {
      published: 'a b',
      standing: { publishedPath: (id) => (id === 'b' ? pathOf('b') : null) },
    })
    const [renamed] = repair.renamed
    expect(renamed).toMatchObject({ from: 'b', path: `migrations/versions/${renamed!.to}_add_plan.py` })
    expect(renamed!.to).toMatch(/^[0-9a-f]{12}$/)
    expect(after.map.duplicates.size).toBe(0)
    expect(after.map.heads).toEqual(['c'])
    expect(after.map.get(renamed!.to)!.longdoc).toContain(`Revision ID: ${renamed!.to}`)
  })

  test('a parent named by its file name', () => {
    const files = filesOf('a')
    files.set(pathOf('b'), bytes(textOf('b', ['a_say_a'])))
    const { repair, after } = plan(files, { published: 'a' })
    expect(repair.mended.map(({ rule }) => rule)).toContain('missing-down-revision')
    expect(after.map.parents('b')).toEqual(['a'])
  })

  test('a published script that was deleted is put back byte for byte', () => {
    const files = filesOf('a; b < a')
    const before = readHistory(new Map(files))
    const lost = files.get(pathOf('b'))!
    files.delete(pathOf('b'))
    const { repair, changes } = plan(files, {
      published: 'a b',
      standing: { published: before, publishedSource: () => lost },
    })
    expect(repair.mended).toMatchObject([{ rule: 'deleted-published-revision', path: pathOf('b') }])
    expect(changes).toEqual([{ path: pathOf('b'), before: null, after: lost }])
  })

  test('nothing where nothing is wrong', () => {
    const { repair, changes } = plan('a; b < a', { published: 'a' })
    expect(repair.decision).toBe('none')
    expect(changes).toEqual([])
  })
})

describe('the way for a database that ran what moved', () => {
  test('names what it would skip, from each revision of the line', () => {
    const { repair } = plan('a; b < a; b2 < b; c < a; d < c', { published: 'a b b2' })
    expect(repair.ways.map(({ at, isLast, skipped }) => [at, isLast, skipped])).toEqual([
      ['c', false, ['b', 'b2']],
      ['d', true, ['b', 'b2']],
    ])
    expect(repair.ways[1]).toMatchObject({
      catchUp: [
        { command: 'stamp', revision: 'a' },
        { command: 'upgrade', revision: 'b2' },
        { command: 'stamp', revision: 'd' },
      ],
      stepBackBefore: [{ command: 'downgrade', revision: 'a' }],
      stepBackAfter: [
        { command: 'downgrade', revision: 'b2' },
        { command: 'stamp', revision: 'a' },
        { command: 'upgrade', revision: 'd' },
      ],
      advised: 'catch-up',
    })
  })

  test('steps back where nobody can tell whether both sides meet', () => {
    const { repair } = plan(doing('op.get_bind().execute(statement())', CREATE), { published: 'a b', operationsOf })
    expect(repair.ways).toMatchObject([{ at: 'c', advised: 'step-back', because: 'opaque' }])
  })
})

/** Everything that a repair may not touch. */
function withoutParents(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes)
  return text.replace(/^Revises: .*$/m, '').replace(/(?<=^down_revision: [^=]*= ).*(?= {2}# stays$)/m, '')
}

describe('file names that hold the date', () => {
  const settings = {
    template: null,
    fileTemplate: '%(year)d_%(month).2d_%(day).2d-%(rev)s',
    slugLength: 0,
    versionLocations: ['migrations/versions'],
    recursive: false,
    besideParent: false,
    convention: null,
    createDate: {
      year: 2026,
      month: 12,
      day: 24,
      hour: 1,
      minute: 2,
      second: 3,
      microsecond: 0,
      offset: null,
      epoch: 0,
    },
    viaAlembic: null,
  }
  const dated = () => {
    const files = filesOf('a; b < a; c < a; d < c')
    for (const id of ['c', 'd']) {
      const text = files.get(pathOf(id))!
      const [, year, month, day] = /Create Date: (\d+)-(\d+)-(\d+)/.exec(new TextDecoder().decode(text))!
      files.delete(pathOf(id))
      files.set(
        id === 'c' ? `migrations/versions/${year}_${month}_${day}-c.py` : 'migrations/versions/d_by_hand.py',
        text,
      )
    }
    return files
  }

  test('are those of today on request, where the template made them', () => {
    const { repair, changes, after } = plan(dated(), { published: 'a b', renames: settings })
    expect(after.map.heads).toEqual(['d'])
    expect(after.map.get('c')!.path).toBe('migrations/versions/2026_12_24-c.py')
    expect(after.map.get('d')!.path).toBe('migrations/versions/d_by_hand.py')
    expect(changes).toHaveLength(2)
    expect(repair.mended.map(({ rule }) => rule)).toEqual(['file-name'])
  })

  test('else stay', () => {
    expect(plan(dated(), { published: 'a b' }).changes).toHaveLength(1)
  })
})

describe('any history', () => {
  /** A random history of published and own revisions: each hangs on one or two that come before it, published only on published. */
  const histories = fc
    .array(fc.tuple(fc.boolean(), fc.nat(), fc.option(fc.nat(), { freq: 4 }), fc.nat(20)), {
      minLength: 1,
      maxLength: 24,
    })
    .map((rows) => {
      const published: string[] = []
      const all: string[] = []
      const parts = rows.map(([isPublished, first, second, base], index) => {
        const id = `r${String(index).padStart(2, '0')}`
        const below = isPublished ? published : all
        const parents = [first, ...(second === null ? [] : [second])].map(
          (seed) => below[seed % Math.max(1, below.length)],
        )
        const named = base === 0 ? [] : [...new Set(parents.filter((one) => one !== undefined))]
        if (isPublished) published.push(id)
        all.push(id)
        return named.length === 0 ? id : `${id} < ${named.join(', ')}`
      })
      return { graph: parts.join('; '), published }
    })

  test('ends in one head, without a circle, with published scripts as they are and the order kept', () => {
    fc.assert(
      fc.property(histories, ({ graph, published }) => {
        const before = readHistory(filesOf(graph))
        const { repair, changes, after } = plan(graph, { published: published.join(' ') })
        expect(repair.refusals).toEqual([])
        expect(after.map.heads).toHaveLength(1)
        expect(after.error).toBeNull()
        expect(after.map.cycles).toEqual([])
        for (const { path, before: old, after: now } of changes) {
          const id = /(\w+)_say/.exec(path)?.[1]
          if (old !== null) expect(published).not.toContain(id)
          if (old !== null && now !== null) expect(withoutParents(now)).toBe(withoutParents(old))
        }
        const dropped = new Set(repair.dropped.map(({ revision }) => revision))
        for (const { revision } of before.map.revisions) {
          if (dropped.has(revision)) continue
          const now = after.map.ancestors([revision])
          for (const older of before.map.ancestors([revision]))
            if (!dropped.has(older)) expect(now.has(older)).toBe(true)
        }
      }),
      { numRuns: 10_000 },
    )
  })

  test('once repaired, there is nothing left to repair', () => {
    fc.assert(
      fc.property(histories, ({ graph, published }) => {
        const { files, changes } = plan(graph, { published: published.join(' ') })
        const written = new Map(files)
        for (const { path, after } of changes) {
          if (after === null) written.delete(path)
          else written.set(path, after)
        }
        expect(plan(written, { published: published.join(' ') }).changes).toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})
