import { isFailure, type Snapshot } from '../snapshot/snapshot.js'

/**
 * Whether a path may be a configuration file with a name of its own: where an onehead.json has `include`, any file that is
 * no script may. What exactly it includes is not worth parsing before anything else is known.
 */
export async function isOwnConfiguration(snapshots: readonly Snapshot[]): Promise<(path: string) => boolean> {
  for (const snapshot of snapshots) if (await includes(snapshot)) return (path) => !path.endsWith('.py')
  return () => false
}

async function includes(snapshot: Snapshot): Promise<boolean> {
  const entry = (await snapshot.list(''))?.find(({ path }) => path === 'onehead.json')
  if (entry === undefined) return false
  let found = false
  await snapshot.readAll([entry], (_, content) => {
    found = isFailure(content) || Buffer.from(content).includes('"include"')
  })
  return found
}
