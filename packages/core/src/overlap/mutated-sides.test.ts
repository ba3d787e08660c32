import { expect, test } from 'vitest'
import { scriptThat, sideScript } from '../../../../test/support/sides.js'
import { compareSides } from './compare-sides.js'
import { Lineage } from './lineage.js'
import type { SideScript } from './overlap.js'

const script = scriptThat([
  "op.create_table('refund', sa.Column('kind', sa.Enum('open', name='kind'), nullable=False), sa.ForeignKeyConstraint(['a'], ['invoice.id'], name='fk'))",
  "with op.batch_alter_table('invoice', schema=None) as batch_op:",
  "    batch_op.add_column(sa.Column('due', sa.Date(), server_default=sa.text('now()')))",
  "    batch_op.create_index(batch_op.f('ix_due'), ['due'], unique=False)",
  "for name in ('a', 'b'):",
  "    op.alter_column('invoice', name, new_column_name=f'{name}_at')",
  "if not sa.inspect(op.get_bind()).has_table('credit'):",
  "    op.rename_table('refund', 'credit')",
  'op.execute("ALTER TYPE kind ADD VALUE \'late\'")',
  "op.drop_constraint('uq', 'invoice', type_='unique')",
])

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Words taken out, put twice, put elsewhere. */
function mutate(text: string, next: (below: number) => number): string {
  const words = text.split(/(\b|(?=\n))/)
  for (let left = 1 + next(4); left > 0; left--) {
    const [at, to] = [next(words.length), next(words.length)]
    const how = next(3)
    if (how === 0) words.splice(at, 1 + next(3))
    else if (how === 1) words.splice(to, 0, words[at] ?? '')
    else words[at] = words[to] ?? ''
  }
  return words.join('')
}

test('no mutilated script stops a comparison, and turned round it says the same', () => {
  const next = numbers(20260105)
  const whole = sideScript('whole', script)
  let parsed = 0
  for (let round = 0; round < 2000; round++) {
    const text = mutate(script, next)
    const mutant: SideScript = sideScript('mutant', text)
    if (mutant.operations !== null) parsed++
    const one = compareSides([mutant], [whole])
    const other = compareSides([whole], [mutant])
    expect([round, other.grade, other.opaque.length]).toEqual([round, one.grade, one.opaque.length])
    if (mutant.operations === null) expect(one.opaque.length).toBeGreaterThan(0)
    const bytes = new TextEncoder().encode(text)
    const lineage = new Lineage([whole, mutant], {
      operations: (path) => (path === whole.path ? whole : mutant).operations,
      source: () => bytes,
      ancestors: () => new Set(['whole', 'mutant']),
      isAncestor: (one, other) => one === 'whole' || other === 'mutant',
      dialects: [],
    })
    lineage.repetitions([mutant])
  }
  expect(parsed).toBeGreaterThan(300)
})
