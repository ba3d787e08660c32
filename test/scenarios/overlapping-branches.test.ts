import { afterEach, describe, expect, it } from 'vitest'
import {
  begin,
  dueDate,
  elsewhere,
  invoice,
  type PushWorld,
  push,
  pushWorld,
  refund,
  revision,
  revisionThat,
} from '../support/push-world.js'

let here: PushWorld
afterEach(() => here.world.remove())

const column = "op.add_column('invoice', sa.Column('due_date', sa.Date()))"
const mine = revisionThat(dueDate, invoice, 'add due date', column)
const rule = 'overlapping-operations'

/** Ada has a branch; somebody else has put something on main, and Ada has fetched it. */
function parted(own: typeof mine, ...theirs: readonly string[]): void {
  here = pushWorld()
  here.ada.git('switch', '--quiet', '-c', 'dates')
  here.ada.commit('Add due dates', own)
  elsewhere(here, 'main', revisionThat(refund, invoice, 'remind of invoices', ...theirs), 'Remind of invoices')
  here.ada.git('fetch', '--quiet')
}

function check(...args: readonly string[]) {
  const { status, stdout } = here.ada.onehead(['check', '--format', 'json', ...args])
  const { diagnostics } = JSON.parse(stdout)
  return { status, found: diagnostics.filter((one: { rule: string }) => one.rule === rule) }
}

describe('two branches add the same column', () => {
  it('which check --merge-with says, with both lines, mine first, and what only I can change', () => {
    parted(mine, column)
    expect(check().found).toEqual([])
    const { status, found } = check('--merge-with', 'origin/main')
    expect(status).toBe(1)
    expect(found).toMatchObject([
      {
        severity: 'error',
        message: 'both sides create column invoice.due_date',
        labels: [{ text: `${dueDate} creates it, not published yet` }, { text: `${refund} creates it, published` }],
        fix: null,
      },
    ])
    expect(found[0].help).toMatch(new RegExp(`^take it out of ${dueDate}, or let that one look first`))
    const { stdout } = here.ada.onehead(['check', '--merge-with', 'origin/main'])
    expect(stdout.split(column)).toHaveLength(3)
  })

  it('which stops the push, beside the second head', () => {
    parted(mine, column)
    const { status, moved, said } = push(here, ['origin', 'dates'])
    expect([status, moved]).toEqual([1, false])
    expect(said).toContain('error[multiple-heads]: this branch will have 2 heads once merged into origin/main')
    expect(said).toContain(`error[${rule}]: both sides create column invoice.due_date, once merged into origin/main`)
    expect(said).toContain(`${dueDate} creates it, yours`)
    expect(said).toContain(`${refund} creates it, on origin/main`)
    expect(said).toContain(`decided: ${dueDate} is new with this push`)
    expect(said).toContain('2 errors in dates')
  })

  it('which is a warning where both look first, and does not stop what the head alone would stop', () => {
    const guarded = column.replace(/\)$/, ', if_not_exists=True)')
    parted(revisionThat(dueDate, invoice, 'add due date', guarded), guarded)
    const { found } = check('--merge-with', 'origin/main')
    expect(found).toMatchObject([{ severity: 'warn', message: 'both sides create column invoice.due_date' }])
    const { status, said } = push(here, ['origin', 'dates'])
    expect(status).toBe(1)
    expect(said).toContain(`warning[${rule}]: billing: both sides create column invoice.due_date`)
    expect(said).toContain('1 error in dates')
  })

  it('and once mine is behind and looks first, all is well', () => {
    parted(mine, column)
    here.ada.git('rebase', '--quiet', 'origin/main')
    here.ada.commit('Put it on top', revisionThat(dueDate, refund, 'add due date', column))
    // The gate has no opinion about single scripts; check has.
    const { status, stdout } = here.ada.onehead(['check', '--format', 'json', '--merge-with', 'origin/main'])
    expect(status).toBe(1)
    expect(JSON.parse(stdout).diagnostics).toMatchObject([
      {
        rule: 'created-twice-in-lineage',
        message: `${dueDate} creates column invoice.due_date, which ${refund} has created`,
      },
    ])
    const guarded = column.replace(/\)$/, ', if_not_exists=True)')
    here.ada.commit('Look first', revisionThat(dueDate, refund, 'add due date', guarded))
    expect(check('--merge-with', 'origin/main').status).toBe(0)
    expect(push(here, ['origin', 'dates'])).toMatchObject({ status: 0, moved: true, said: '' })
  })
})

describe('a push', () => {
  it('hears of a table that both change only while it is stopped for its head', () => {
    parted(mine, "op.add_column('invoice', sa.Column('paid_at', sa.Date()))")
    const { said } = push(here, ['origin', 'dates'])
    expect(said).toContain(`warning[${rule}]: billing: both sides change table invoice, once merged into origin/main`)
    expect(said).toContain('1 error in dates')
  })

  it('hears nothing of it where both do something else', () => {
    parted(mine, "op.create_table('reminder', sa.Column('id', sa.Integer()))")
    const { status, said } = push(here, ['origin', 'dates'])
    expect([status, said.includes(rule)]).toEqual([1, false])
  })

  it('is not stopped for what others have brought on both sides', () => {
    const both = { ...mine, ...revisionThat(refund, invoice, 'remind of invoices', column) }
    here = pushWorld({ ...begin, ...both })
    here.ada.git('switch', '--quiet', '-c', 'more')
    here.ada.commit('Go on', revision('a0a0a0a0a0a0', dueDate, 'go on'))
    const { status, moved, said } = push(here, ['origin', 'more'])
    expect([status, moved, said.includes(rule)]).toEqual([0, true, false])
  })
})
