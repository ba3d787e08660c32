import type { DatabaseWay, UndoneDatabase } from '@onehead/core'
import type { MovedRecord } from '../moves/index.js'
import { openWorkspace } from '../use-cases/open-workspace.js'
import type { Undone } from '../use-cases/undo.js'

/**
 * Databases that have been upgraded since a repair that is taken back: they have run what the repair put below a moved revision,
 * and the old scripts do not say so. `stamp` adds it to the version that is there. Empty where what they have run goes with
 * the repair, because git takes the target back too.
 *
 * @param root absolute path of the workspace
 */
export async function findUndoneDatabases(root: string, { record, git }: Undone): Promise<readonly UndoneDatabase[]> {
  const ways = record.moves.flatMap((move) => move.ways.filter(({ isLast }) => isLast).map((way) => ({ move, way })))
  if (ways.length === 0 || record.git?.kind === 'merge' || record.git?.kind === 'rebase' || git.kind === 'go-back')
    return []
  const { environments } = await openWorkspace({ root })
  return ways.flatMap(({ move, way }) => {
    const environment = environments.find((one) => isSame(one, move.environment))
    const ran = topOf(way)
    if (environment === undefined || ran === null) return []
    return [{ environment, at: move.revision, steps: [{ command: 'stamp' as const, revision: ran }] }]
  })
}

function isSame(one: MovedRecord['environment'], other: MovedRecord['environment']): boolean {
  return one.path === other.path && one.config === other.config && one.section === other.section
}

/** The highest of what it has run besides: what a catch-up upgrades to; null where there is no single one. */
function topOf({ catchUp }: DatabaseWay): string | null {
  return catchUp?.find(({ command }) => command === 'upgrade')?.revision ?? null
}
