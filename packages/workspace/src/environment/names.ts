import { compareNames } from '../snapshot/order.js'
import { nameOf } from './tree.js'

/** What a name is made of. */
export interface Nameable {
  /** The name that `onehead.json` gives, else the directory of the app. */
  readonly wanted: string
  readonly config: string
  readonly section: string
  /** The script directory, where it is known. */
  readonly path: string | null
}

/**
 * Gives each a name of its own, in the order given. Of several that want the same name the most ordinary one keeps it
 * (the section `alembic` of an `alembic.ini`), so that a name does not change when a neighbour appears; the others get
 * `#section` where only the section differs, else their script directory, else their configuration file. Where a file
 * has only sections of its own (`[core]`, `[tenant]`), each of them is called by it.
 */
export function uniqueNames(all: readonly Nameable[]): string[] {
  const names = new Map<Nameable, string>()
  const groups = new Map<string, Nameable[]>()
  for (const one of all) groups.set(one.wanted, [...(groups.get(one.wanted) ?? []), one])
  const taken = new Set(groups.keys())
  for (const [wanted, group] of groups) {
    const [first, ...others] = [...group].sort(byOrdinariness)
    const sharesFile = others.some((other) => other.config === first!.config)
    const keeps = !sharesFile || isOrdinarySection(first!)
    if (keeps) names.set(first!, wanted)
    for (const one of keeps ? others : [first!, ...others]) {
      const options = [
        ...(one.config === first!.config ? [`${wanted}#${one.section}`] : []),
        ...(one.path ? [one.path] : []),
        one.config,
        `${one.config}#${one.section}`,
      ]
      const name = options.find((option) => !taken.has(option)) ?? countedUp(wanted, taken)
      names.set(one, name)
      taken.add(name)
    }
  }
  return all.map((one) => names.get(one)!)
}

function isOrdinarySection({ section }: Pick<Nameable, 'section'>): boolean {
  return section === 'alembic' || section === 'tool.alembic'
}

function byOrdinariness(a: Nameable, b: Nameable): number {
  return rank(a) - rank(b) || compareNames(a.config, b.config) || compareNames(a.section, b.section)
}

function rank({ config, section }: Nameable): number {
  return (nameOf(config) === 'alembic.ini' ? 0 : 2) + (isOrdinarySection({ section }) ? 0 : 1)
}

function countedUp(wanted: string, taken: ReadonlySet<string>): string {
  for (let count = 2; ; count++) {
    const name = `${wanted} ${count}`
    if (!taken.has(name)) return name
  }
}
