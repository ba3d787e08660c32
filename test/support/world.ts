import type { World } from '../../packages/cli/src/world.js'

/** A pipe in an empty environment at `/srv/shop`, where the clock stands still. */
export function world(more: Partial<World> = {}): World {
  return {
    cwd: '/srv/shop',
    env: {},
    isTerminal: false,
    columns: null,
    readStandardInput: async () => '',
    now: () => 0,
    ...more,
  }
}
