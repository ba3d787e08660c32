import { shellWord } from '../../text/shell-word.js'

/** A script as the target has it, and where it has to lie here: whoever moves an app takes its scripts along. */
export interface Restored {
  readonly from: string
  readonly to: string
}

/** What brings scripts back as the target has them; for the workspace root. */
export function restoreFrom(target: string, scripts: readonly Restored[]): string {
  const here = scripts.filter(({ from, to }) => from === to)
  const moved = scripts.filter(({ from, to }) => from !== to)
  const commands = moved.map(({ from, to }) => `git show ${shellWord(`${target}:./${from}`)} > ${shellWord(to)}`)
  return [
    ...(here.length === 0
      ? []
      : [`git checkout ${[target, '--', ...here.map(({ to }) => to)].map(shellWord).join(' ')}`]),
    ...commands,
  ].join(' && ')
}

interface Locations {
  readonly versionLocations: readonly string[]
}

/** Where a script of the target belongs here, if its version location is another one now. */
export function placeHere(path: string, before: Locations, { versionLocations }: Locations): string {
  const isBelow = (location: string) => location === '' || path.startsWith(`${location}/`)
  if (versionLocations.length === 0 || versionLocations.some(isBelow)) return path
  const index = before.versionLocations.findIndex(isBelow)
  const location = versionLocations[index] ?? versionLocations[0]
  const name = path.slice(path.lastIndexOf('/') + 1)
  return location === '' ? name : `${location}/${name}`
}
