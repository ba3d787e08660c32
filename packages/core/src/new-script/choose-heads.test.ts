import { describe, expect, it, test } from 'vitest'
import { script } from '../../../../test/support/git-world.js'
import { type HistorySetting, readHistory } from '../../../../test/support/read-history.js'
import { whyBadId, whyBadLabel } from './check-names.js'
import { chooseParent, findHeads } from './choose-heads.js'

/** `id: parents`, with a label behind `=`. */
function history(graph: Readonly<Record<string, string>>, setting: HistorySetting = {}) {
  const files = Object.entries(graph).map(([key, parents]) => {
    const [id = '', label] = key.split('=')
    const list = parents === '' ? null : parents.split(' ')
    const text = script(id, list?.length === 1 ? list[0]! : list, `add ${id}`)
    const labelled = label === undefined ? text : text.replace('branch_labels = None', `branch_labels = '${label}'`)
    return [`migrations/versions/${id}.py`, new TextEncoder().encode(labelled)] as const
  })
  return readHistory(new Map(files), setting)
}

const fork = history({ aaaa1111: '', 'bbbb1111=due': 'aaaa1111', bbbb2222: 'aaaa1111', 'cccc1111=refunds': 'bbbb2222' })
const idsOf = (names: readonly string[], of = fork) => {
  const found = findHeads(of, names)
  return 'refusal' in found ? found.refusal.kind : found.heads.map(({ revision }) => revision)
}

describe('heads that somebody names', () => {
  it.each([
    [
      ['bbbb1111', 'cccc1111'],
      ['bbbb1111', 'cccc1111'],
    ],
    [
      ['cccc', 'bbbb1'],
      ['cccc1111', 'bbbb1111'],
    ],
    [
      ['due', 'refunds'],
      ['bbbb1111', 'cccc1111'],
    ],
    [
      ['due@head', 'refunds@head'],
      ['bbbb1111', 'cccc1111'],
    ],
    [['heads'], ['bbbb1111', 'cccc1111']],
    [['cccc', 'cccc1111'], ['cccc1111']],
  ])('%j', (names, ids) => {
    expect(idsOf(names)).toEqual(ids)
  })

  test('`heads` are all there are, also one that another depends on', () => {
    const files = { aaaa: '', bbbb: '' }
    const dependent = history(files)
    const bytes = new TextEncoder().encode(script('cccc', 'bbbb').replace('depends_on = None', "depends_on = 'aaaa'"))
    const whole = readHistory(
      new Map([
        ...dependent.scripts.map((one) => [one.path, new TextEncoder().encode(script(one.revision, null))] as const),
        ['migrations/versions/cccc.py', bytes],
      ]),
    )
    expect(whole.map.resolvedHeads).toEqual(['cccc'])
    expect(idsOf(['heads'], whole)).toEqual(['aaaa', 'cccc'])
  })

  it.each([
    [['zzzz'], 'unknown-revision'],
    [['bbbb'], 'unknown-revision'],
    [['base'], 'unknown-revision'],
    [['bbbb1111', 'bbbb2222'], 'not-a-head'],
    [['head'], 'unknown-revision'],
  ])('%j is refused: %s', (names, kind) => {
    expect(idsOf(names)).toBe(kind)
  })

  test('those that a merge has joined already are told so, with the merge', () => {
    const joined = history({
      aaaa: '',
      bbbb: 'aaaa',
      cccc: 'aaaa',
      dddd: 'bbbb cccc',
      eeee: 'dddd',
      ffff: 'dddd',
      gggg: 'eeee ffff',
    })
    expect(findHeads(joined, ['bbbb', 'cccc'])).toMatchObject({
      refusal: { kind: 'already-joined', message: 'bbbb and cccc are joined already, in dddd (add dddd)' },
    })
    // The merge that stands between is one of others.
    expect(
      idsOf(
        ['eeee', 'ffff'],
        history({ aaaa: '', bbbb: 'aaaa', cccc: 'aaaa', dddd: 'bbbb cccc', eeee: 'dddd', ffff: 'dddd' }),
      ),
    ).toEqual(['eeee', 'ffff'])
    expect(findHeads(joined, ['bbbb'])).toMatchObject({
      refusal: { kind: 'not-a-head', message: 'bbbb is not a head: dddd revises it' },
    })
  })
})

describe('what a new revision goes on', () => {
  const parentOf = (of: ReturnType<typeof history>, name: string | null = null) => {
    const chosen = chooseParent(of, name)
    return 'refusal' in chosen ? chosen.refusal : chosen.heads.map(({ revision }) => revision)
  }

  test('the only head, or nothing in an empty history', () => {
    expect(parentOf(history({ aaaa: '', bbbb: 'aaaa' }))).toEqual(['bbbb'])
    expect(parentOf(history({}))).toEqual([])
  })

  test('of several heads none, unless one is named', () => {
    expect(parentOf(fork)).toMatchObject({ kind: 'several-heads', command: 'onehead fix billing' })
    expect(parentOf(fork, 'due')).toEqual(['bbbb1111'])
    expect(parentOf(fork, 'heads')).toMatchObject({ kind: 'several-heads' })
  })

  test('where several heads are right, the one to be named', () => {
    const branches = history(
      { aaaa: '', 'bbbb=due': 'aaaa', 'cccc=refunds': 'aaaa' },
      { expectedHeads: ['due', 'refunds'] },
    )
    expect(parentOf(branches)).toMatchObject({ kind: 'which-head', command: null })
    expect(parentOf(branches, 'refunds@head')).toEqual(['cccc'])
  })

  test('nothing in a history that Alembic cannot load', () => {
    expect(parentOf(history({ bbbb: 'gone' }))).toMatchObject({
      kind: 'alembic-error',
      command: 'onehead check billing',
    })
    const broken = readHistory(new Map([['migrations/versions/a.py', new TextEncoder().encode('<<<<<<< ours\n')]]))
    expect(parentOf(broken)).toMatchObject({ kind: 'unreadable-script', path: 'migrations/versions/a.py' })
  })
})

describe('names for a new script', () => {
  it.each([
    ['dddd', null],
    ['2026_add_refunds', null],
    ['bbbb1111', 'duplicate-revision'],
    ['due-date', 'reserved-character'],
    ['heads', 'reserved-word'],
    ['refunds', 'duplicate-branch-label'],
    ['x'.repeat(33), 'revision-id-too-long'],
  ])('the id %s: %s', (id, kind) => {
    expect(whyBadId(fork, id)?.kind ?? null).toBe(kind)
  })

  it.each([
    ['shop', null],
    ['refunds', 'duplicate-branch-label'],
    ['aaaa1111', 'duplicate-branch-label'],
    ['due@head', 'reserved-character'],
  ])('the label %s: %s', (label, kind) => {
    expect(whyBadLabel(fork, label)?.kind ?? null).toBe(kind)
  })
})
