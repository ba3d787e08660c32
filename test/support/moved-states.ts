import { creates, type Script } from './database-scripts.js'

/** Where a database may stand when scripts get other parents, and what puts it right. */
export interface MovedState {
  readonly state: string
  readonly before: readonly Script[]
  readonly after: readonly Script[]
  /** What its version table says, each run in turn. */
  readonly rows: readonly string[]
  readonly renamed?: readonly [from: string, to: string]
  /** With the scripts as they are after; `upgrade heads` comes next. */
  readonly steps: readonly string[]
}

/** A script that creates a table named after it; `t` where it is another script of the same id. */
function script(id: string, parents: Script['parents'], more: Partial<Script> & { readonly t?: string } = {}): Script {
  const { t = id, ...others } = more
  return { id, parents, file: t, ...creates(`t_${t}`), ...others }
}

const b0 = script('b0', null)
const y = script('y', 'b0')
const x1 = script('x1', 'b0')
const x2 = script('x2', 'x1')
const z = script('z', null)
const z2 = script('z2', 'z')
const x1OnY = script('x1', 'y')

const x3 = script('x3', 'b0')
const inner = script('xm', ['x2', 'x3'])
const withInner = { before: [b0, y, x1, x2, x3, inner], after: [b0, y, x1OnY, x2, script('x3', 'y'), inner] }

const y2 = script('y2', 'y')
const ofOlder = {
  before: [b0, y, y2, x1, script('m', ['x1', 'y'], { upgrade: [], downgrade: [] }), script('x2', 'm')],
  after: [b0, y, y2, script('x1', 'y2'), x2],
}

const beside = { before: [b0, y, x1, x2, z, z2], after: [b0, y, x1OnY, x2, z, z2] }
const needing = (one: Script): Script => ({ ...one, dependsOn: 'z' })

const empty = { upgrade: [], downgrade: [] }
const racing = {
  before: [b0, y, x1, script('m1', ['x1', 'y'], empty), script('x3', 'm1')],
  after: [b0, y, x1, script('m2', ['x1', 'y'], empty), script('x3', 'm2')],
}

const renamed = ['d', 'd2'] as const
const twice = {
  before: [b0, script('d', 'b0', { t: 'mine' }), script('x2', 'd')],
  after: [b0, script('d', 'b0', { t: 'theirs' }), script('d2', 'd', { t: 'mine' }), script('x2', 'd2')],
  renamed,
}

export const movedStates: readonly MovedState[] = [
  {
    state: 'at the end of a line with a merge of its own',
    ...withInner,
    rows: ['xm'],
    steps: ['stamp b0', 'upgrade y', 'stamp xm'],
  },
  {
    state: 'at both sides of that merge',
    ...withInner,
    rows: ['x2', 'x3'],
    steps: ['stamp --purge b0', 'upgrade y', 'stamp --purge x2', 'stamp x3'],
  },
  {
    state: 'behind a merge with an older target, which is left out now',
    ...ofOlder,
    rows: ['x2'],
    steps: ['stamp y', 'upgrade y2', 'stamp x2'],
  },
  {
    state: 'at that merge, which has no script any more',
    ...ofOlder,
    rows: ['m'],
    steps: ['stamp --purge y', 'upgrade y2', 'stamp x1'],
  },
  {
    state: 'at mine, and at a part of theirs',
    before: [b0, y, y2, x1, x2],
    after: [b0, y, y2, script('x1', 'y2'), x2],
    rows: ['x2', 'y'],
    steps: ['stamp --purge y', 'upgrade y2', 'stamp x2'],
  },
  {
    state: 'at mine and all of theirs: nothing is skipped, one row is too many',
    ...beside,
    rows: ['x2', 'y'],
    steps: ['stamp --purge x2'],
  },
  {
    state: 'at mine and all of theirs, beside another branch, whose row must stay',
    ...beside,
    rows: ['x2', 'y', 'z'],
    steps: ['stamp --purge x2', 'stamp z'],
  },
  {
    state: 'at mine beside another branch',
    ...beside,
    rows: ['x2', 'z'],
    steps: ['stamp --purge b0', 'stamp z', 'upgrade y', 'stamp --purge x2', 'stamp z'],
  },
  {
    state: 'at mine, which depends on another branch, as theirs does: that has no row of its own, and must get one',
    before: [b0, needing(y), needing(x1), x2, z, z2],
    after: [b0, needing(y), needing(x1OnY), x2, z, z2],
    rows: ['x2'],
    steps: ['stamp --purge b0', 'stamp z', 'upgrade y', 'stamp x2'],
  },
  {
    state: 'at mine; theirs depends on another branch, which then runs too',
    before: [b0, needing(y), x1, x2, z, z2],
    after: [b0, needing(y), x1OnY, x2, z, z2],
    rows: ['x2'],
    steps: ['stamp b0', 'upgrade y', 'stamp x2'],
  },
  {
    state: 'at a revision of another branch that depends on mine',
    before: [b0, y, x1, x2, script('w', null, { dependsOn: 'x2' })],
    after: [b0, y, x1OnY, x2, script('w', null, { dependsOn: 'x2' })],
    rows: ['w'],
    steps: ['stamp b0', 'upgrade y', 'stamp w'],
  },
  {
    state: 'at mine, which was a base',
    before: [script('y', null), script('x1', null), x2],
    after: [script('y', null), x1OnY, x2],
    rows: ['x2'],
    steps: ['stamp base', 'upgrade y', 'stamp x2'],
  },
  {
    state: 'at mine, which was a base, beside another branch: stamp base would take its row',
    before: [script('y', null), script('x1', null), x2, z, z2],
    after: [script('y', null), x1OnY, x2, z, z2],
    rows: ['x2', 'z'],
    steps: ['stamp --purge z', 'upgrade y', 'stamp --purge x2', 'stamp z'],
  },
  {
    state: 'at a merge of mine that lost a race, and has no script any more',
    ...racing,
    rows: ['m1'],
    steps: ['stamp --purge x1', 'stamp y'],
  },
  {
    state: 'above that merge',
    ...racing,
    rows: ['x3'],
    steps: ['stamp --purge x1', 'stamp y', 'upgrade m2', 'stamp x3'],
  },
  {
    state: 'at my revision, whose id was theirs too and is changed',
    ...twice,
    rows: ['d'],
    steps: ['stamp --purge b0', 'upgrade d', 'stamp d2'],
  },
  {
    state: 'above my revision, whose id was theirs too and is changed',
    ...twice,
    rows: ['x2'],
    steps: ['stamp b0', 'upgrade d', 'stamp x2'],
  },
]
