import { describe, expect, it } from 'vitest'
import type { Script } from '../../../../test/support/database-scripts.js'
import { movedStates } from '../../../../test/support/moved-states.js'
import { type Revision, RevisionMap } from '../revision/index.js'
import { findRoute } from './database-route.js'
import type { DatabaseStep } from './plan.js'

const list = (ids: string | readonly string[] | null | undefined) => (typeof ids === 'string' ? [ids] : (ids ?? []))

const mapOf = (scripts: readonly Script[]) =>
  new RevisionMap<Revision>(
    scripts.map(({ id, parents, dependsOn }) => ({
      revision: id,
      downRevisions: list(parents),
      dependsOn: list(dependsOn),
      branchLabels: [],
    })),
  )

const typed = (steps: readonly DatabaseStep[] | null | undefined) =>
  steps?.map(({ command, revision, purge }) => `${command}${purge ? ' --purge' : ''} ${revision}`) ?? null

const b0: Script = { id: 'b0', parents: null }
const y: Script = { id: 'y', parents: 'b0' }
const x1: Script = { id: 'x1', parents: 'b0' }
const x2: Script = { id: 'x2', parents: 'x1' }
const before = mapOf([b0, y, x1, x2])
const after = mapOf([b0, y, { ...x1, parents: 'y' }, x2])

describe('the route of a database', () => {
  it.each(movedStates)('$state', ({ before, after, rows, renamed, steps }) => {
    const route = findRoute(mapOf(before), mapOf(after), rows, new Map(renamed === undefined ? [] : [renamed]))
    expect(typed(route?.catchUp)).toEqual(steps)
  })

  it.each([[[]], [['b0']], [['y']]])('that stands at %j is none: upgrade runs what is missing', (rows) => {
    expect(findRoute(before, after, rows)).toBeNull()
  })

  it.each(['x1', 'x2'])('that stands at %s catches up or steps back', (at) => {
    const route = findRoute(before, after, [at])
    expect(route).toMatchObject({ skipped: ['y'], to: [at] })
    expect(typed(route?.catchUp)).toEqual(['stamp b0', 'upgrade y', `stamp ${at}`])
    expect(typed(route?.stepBackBefore)).toEqual(['downgrade b0'])
    expect(typed(route?.stepBackAfter)).toEqual(['downgrade y', 'stamp b0', `upgrade ${at}`])
  })

  it('takes back only mine where more has run', () => {
    const more = [{ id: 'y2', parents: 'y' }, b0, y, x2]
    const route = findRoute(mapOf([...more, x1]), mapOf([...more, { ...x1, parents: 'y2' }]), ['x2', 'y'])
    expect(route?.skipped).toEqual(['y2'])
    expect(typed(route?.stepBackBefore)).toEqual(['downgrade x1@b0'])
    expect(typed(route?.stepBackAfter)).toEqual(['downgrade y2', 'stamp --purge y', 'upgrade x2'])
  })

  it('goes back from a base to nothing, and past another branch', () => {
    const start = [{ id: 'y', parents: null }, x2, { id: 'z', parents: null }]
    const old = mapOf([...start, { id: 'x1', parents: null }])
    const now = mapOf([...start, { id: 'x1', parents: 'y' }])
    expect(typed(findRoute(old, now, ['x2'])?.stepBackBefore)).toEqual(['downgrade base'])
    expect(typed(findRoute(old, now, ['x2', 'z'])?.stepBackBefore)).toEqual(['downgrade x1@base'])
  })

  it('is only told where it has one: what was skipped may stand on what has run', () => {
    // x1 has run, and now stands on n, which stands on x2, which has run too.
    const now = mapOf([b0, y, { id: 'x2', parents: 'b0' }, { id: 'n', parents: 'x2' }, { id: 'x1', parents: 'n' }])
    const old = mapOf([b0, y, { id: 'x2', parents: 'b0' }, { id: 'x1', parents: 'x2' }])
    expect(typed(findRoute(old, now, ['x1'])?.catchUp)).toEqual(['stamp x2', 'upgrade n', 'stamp x1'])
    const twisted = mapOf([
      b0,
      y,
      { id: 'm', parents: 'b0' },
      { id: 'x2', parents: 'm' },
      { id: 'n', parents: 'x2' },
      { id: 'x1', parents: 'n' },
    ])
    expect(findRoute(old, twisted, ['x1'])).toMatchObject({ skipped: ['m', 'n'], catchUp: null })
  })
})
