import { describe, expect, test } from 'vitest'
import { readHistory } from '../../../../test/support/read-history.js'
import { bytes, type ExampleSetting, runExample } from '../../../../test/support/rule-examples.js'
import { scriptThat } from '../../../../test/support/sides.js'
import { judgeHistory } from './judge.js'

const base = '3c9e51a7b204'
const [due, refund, third] = ['8b1f2c7d90aa', 'f04d6e2b713c', 'a0a0a0a0a0a0'] as const
const addDue = "op.add_column('invoice', sa.Column('due', sa.Date()))"

type Scripts = Readonly<Record<string, readonly [parents: string, ...upgrade: string[]]>>

function files(scripts: Scripts): Map<string, Uint8Array> {
  const all: Scripts = { [base]: ['None', 'pass'], ...scripts }
  return new Map(
    Object.entries(all).map(([id, [parents, ...upgrade]]) => {
      const text = `revision = '${id}'\ndown_revision = ${parents}\n${scriptThat(upgrade)}`
      return [`migrations/versions/${id}.py`, bytes(text)] as const
    }),
  )
}

function found(scripts: Scripts, setting: ExampleSetting = { published: [base, refund] }) {
  const diagnostics = runExample({ files: files(scripts), setting })
  return diagnostics.filter(({ rule }) => rule === 'overlapping-operations')
}

const on = (parent: string, ...upgrade: string[]) => [`'${parent}'`, ...upgrade] as const

describe('only a side that is not published is to be changed', () => {
  test('whichever head comes first', () => {
    for (const published of [refund, due]) {
      const own = published === refund ? due : refund
      const [one] = found({ [due]: on(base, addDue), [refund]: on(base, addDue) }, { published: [base, published] })
      expect(one!.labels.map(({ text }) => text)).toEqual([
        `${own} creates it, not published yet`,
        `${published} creates it, published`,
      ])
      expect(one!.help).toMatch(new RegExp(`^take it out of ${own}, .* put it behind ${published}$`))
      expect(one!.fix).toBeNull()
    }
  })

  test('neither where both are', () => {
    const published = { published: [base, due, refund] }
    const [one] = found({ [due]: on(base, addDue), [refund]: on(base, addDue) }, published)
    expect(one!.help).toBeNull()
    expect(one!.notes.at(-1)).toContain('`replacedRevisions`')
  })

  test('one that nobody can name where nobody can tell', () => {
    const [one] = found({ [due]: on(base, addDue), [refund]: on(base, addDue) }, {})
    expect(one!.help).toMatch(/^take it out of the one that is not published yet, /)
  })

  test('the script, not the head: below an unpublished head may lie what is published', () => {
    const [one] = found(
      { [due]: on(base, addDue), [third]: on(due, 'pass'), [refund]: on(base, addDue) },
      { published: [base, due] },
    )
    expect(one!.labels[0]!.text).toBe(`${refund} creates it, not published yet`)
  })
})

test('a parked finding stays parked when one of the two is published', () => {
  const unique = "op.create_unique_constraint('ix_due', 'invoice', ['due'])"
  const index = "op.create_index('ix_due', 'invoice', ['due'])"
  const prints = [[due], [refund], [], [due, refund]].map((published) =>
    found({ [due]: on(base, unique), [refund]: on(base, index) }, { published }).map(({ fingerprint }) => fingerprint),
  )
  expect(prints[0]).toHaveLength(1)
  expect(new Set(prints.flat()).size).toBe(1)
})

describe('what can be done', () => {
  const help = (mine: string, theirs: string) => found({ [due]: on(base, mine), [refund]: on(base, theirs) })[0]?.help
  const ix = "op.create_index('ix_due', 'invoice', ['due'])"
  const drop = "op.drop_column('invoice', 'due')"
  const alter = (type: string) => `op.alter_column('invoice', 'due', type_=sa.${type}())`

  test.each([
    ['drops what they use', drop, ix, `put ${due} behind ${refund}, where it works, if that is what you mean`],
    ['uses what they drop', ix, drop, `change ${due} so that it works behind ${refund}`],
    ['uses what they create', ix, addDue, `put ${due} behind ${refund}, where it works, if that is what you mean`],
    ['drops it too', drop, drop, `take it out of ${due}, or let that one look first (\`if_exists=True\`)`],
    ['alters it too', alter('Date'), alter('Time'), `leave it to one of them: take it out of ${due}`],
  ])('mine %s', (_, mine, theirs, expected) => {
    expect(help(mine, theirs)).toBe(expected)
  })
})

describe('three heads', () => {
  const three: Scripts = { [due]: on(base, addDue), [refund]: on(base, addDue), [third]: on(base, addDue) }

  test('meet in pairs', () => {
    expect(found(three).map(({ labels }) => labels.map(({ text }) => text.slice(0, 12)))).toEqual(
      [[due, third].sort(), [due, refund], [third, refund]].map((pair) => expect.arrayContaining(pair)),
    )
  })

  test('a script that two of them share is named once', () => {
    const shared: Scripts = {
      [due]: on(base, addDue),
      b: on(due, 'pass'),
      c: on(due, 'pass'),
      [refund]: on(base, addDue),
    }
    expect(found(shared)).toHaveLength(1)
  })

  test('are what somebody wants', () => {
    expect(found(three, { published: [base], expectedHeads: 3 })).toEqual([])
  })
})

test('what cannot be told is a note of what can, and nothing by itself', () => {
  const unknown = 'op.execute(build())'
  expect(found({ [due]: on(base, unknown), [refund]: on(base, addDue) })).toEqual([])
  const [one] = found({ [due]: on(base, unknown, addDue), [refund]: on(base, addDue) })
  expect(one!.notes.at(-1)).toBe(
    `there may be more, because not all of ${due} can be told: runs SQL with an effect that cannot be told`,
  )
})

test('a script that does not parse is not taken for harmless', () => {
  const broken = files({ [due]: on(base, addDue), [refund]: on(base, addDue) })
  broken.set(
    `migrations/versions/${third}.py`,
    bytes(`revision = '${third}'\ndown_revision = '${due}'\ndef upgrade(:\n`),
  )
  const diagnostics = runExample({ files: broken, setting: { published: [base, refund] } })
  const own = diagnostics.find(({ rule }) => rule === 'overlapping-operations')
  expect(own?.notes.at(-1)).toContain(`not all of ${third} can be told: cannot be parsed`)
})

test('what one side depends on has run before it', () => {
  const scripts = files({
    [due]: on(base, addDue),
    [refund]: on(base, "op.create_index('ix_due', 'invoice', ['due'])"),
  })
  const path = `migrations/versions/${refund}.py`
  const depends = `depends_on = '${due}'\n${new TextDecoder().decode(scripts.get(path))}`
  const told = runExample({ files: new Map([...scripts, [path, bytes(depends)]]), setting: {} })
  expect(told.filter(({ rule }) => rule === 'overlapping-operations')).toEqual([])
})

describe('nobody asks what scripts do', () => {
  const asked = (scripts: Scripts, isNew = false) => {
    const contents = files(scripts)
    const paths = new Set<string>()
    judgeHistory(readHistory(contents), {
      levels: (_rule, _environment, byDefault) => byDefault,
      isPublished: (_, id) => !isNew || id !== refund,
      baseline: new Set(),
      scripts: 'new',
      source: (path) => contents.get(path)!,
      operations(path) {
        paths.add(path)
        return null
      },
    })
    return [...paths]
  }

  test('of a published history with one head', () => {
    expect(asked({ [due]: on(base, addDue) })).toEqual([])
  })

  test('but of a new script, and of both sides of a fork', () => {
    expect(asked({ [due]: on(base, addDue), [refund]: on(due, addDue) }, true)).toHaveLength(1)
    expect(asked({ [due]: on(base, addDue), [refund]: on(base, addDue) }).sort()).toEqual(
      [due, refund].map((id) => `migrations/versions/${id}.py`),
    )
  })
})

test('a level that is set counts for what is an error by itself', () => {
  const two = { [due]: on(base, addDue), [refund]: on(base, addDue) }
  const same = { [due]: on(base, addDue), [refund]: on(base, "op.add_column('invoice', sa.Column('paid', sa.Date()))") }
  const level = (scripts: Scripts, set: 'error' | 'info') =>
    found(scripts, { published: [base], levels: { 'overlapping-operations': set } }).map(({ severity }) => severity)
  expect([level(two, 'error'), level(two, 'info')]).toEqual([['error'], ['info']])
  expect([level(same, 'error'), level(same, 'info')]).toEqual([['warn'], ['info']])
})
