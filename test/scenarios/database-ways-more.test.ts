import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Script } from '../support/database-scripts.js'
import {
  type DatabaseWorld,
  type Description,
  databaseWorld,
  reasonAgainst,
  type Step,
  servers,
} from '../support/database-world.js'
import { type MovedState, movedStates } from '../support/moved-states.js'

/** Merges, dependencies, other branches, ids that went: the commands that `findRoute` gives, typed at real Alembic. */
for (const server of servers) {
  const reason = reasonAgainst(server)
  describe.skipIf(reason)(`scripts were moved; ${server}${reason ? ` (${reason})` : ''}: a database`, () => {
    let world: DatabaseWorld
    let seen: readonly Description[]
    beforeAll(() => {
      world = databaseWorld()
      seen = world.app({ server }).observe(...movedStates.flatMap(stepsOf))
    })
    afterAll(() => world.remove())

    it.each(movedStates.map((one, index) => [`${one.state}: ${one.steps.join(', ')}`, one, index] as const))(
      '%s',
      (_, { rows }, index) => {
        const [standing, walked, fresh] = seen.slice(index * 3)
        expect(standing!.versions).toEqual(rows)
        const { rows: counts, ...schema } = walked!
        expect(schema).toEqual({ versions: fresh!.versions, tables: fresh!.tables })
        const lost = Object.keys(standing!.rows).filter((table) => counts[table] !== 1)
        expect(lost).toEqual([])
      },
    )
  })
}

/** Seen three times: where it stands, where it is after the walk and the upgrade, and what an empty one becomes. */
function stepsOf({ before, after, rows, steps }: MovedState): readonly Step[] {
  const see = { describe: true } as const
  const empty = { empty: true } as const
  return [
    ...[empty, { write: before }, ...rows.map((row) => `upgrade ${row}`), { fill: 7 }, see],
    ...[{ write: after, remove: filesOnlyIn(before, after) }, ...steps, 'upgrade heads', see],
    ...[empty, 'upgrade heads', see, { write: [], remove: after }],
  ]
}

function filesOnlyIn(some: readonly Script[], others: readonly Script[]): readonly Script[] {
  const files = new Set(others.map(({ file }) => file))
  return some.filter(({ file }) => !files.has(file))
}
