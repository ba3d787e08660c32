import {
  type Fact,
  type FactPlace,
  firstLine,
  type History,
  LineIndex,
  nearest,
  type Operation,
  type Script,
} from '@onehead/core'
import type { SourceReader } from '../use-cases/sources.js'
import { type Act, actsOf, type Thing, thingOf } from './acts.js'
import { type Case, type Found, type Look, NOTHING } from './found.js'

/** One operation of a script on what an error names. */
export interface Deed {
  readonly script: Script
  readonly act: Act
  readonly operation: Operation
  readonly place: FactPlace
}

const MOST_PLACES = 5

/** Which scripts make what an error names, and which take it away. */
export const lookAtMakers: Look = async ({ reader }, about) => {
  const thing = thingOf(about.error)
  if (thing === null) return NOTHING
  const found: Found[] = []
  for (const history of about.concerned) {
    found.push(await lookIn(history, thing, about, reader))
    reader.forget()
  }
  const telling = found.filter(({ facts }) => facts.length > 0)
  if (telling.length > 0) {
    const leading = telling.find(({ help }) => help) ?? telling[0]!
    return { ...leading, facts: telling.flatMap(({ facts }) => facts) }
  }
  const near = await nearestName(about.concerned, thing, reader)
  const where = about.concerned.length === 1 ? `of ${about.concerned[0]!.environment.name} ` : ''
  const meant = near === null ? '' : `; the nearest name is ${near}`
  const else_ = about.error.known.kind.endsWith('-exists')
    ? ': something else made it, such as create_all() or another application'
    : ''
  return {
    facts: [{ environment: null, message: `no script ${where}makes ${thing.label}${else_}${meant}`, places: [] }],
  }
}

async function lookIn(history: History, thing: Thing, about: Case, reader: SourceReader): Promise<Found> {
  const deeds = await deedsOn(history, thing, reader)
  if (deeds.length === 0) return NOTHING
  const { name } = history.environment
  const making = deeds.filter(({ act }) => act === 'makes')
  const gone = deeds.filter(({ act }) => act === 'drops' || act === 'renames')
  const failed = about.failed.filter((one) => one.history === history).map(({ script }) => script.revision)
  const facts: Fact[] = [
    ...(making.length === 0
      ? []
      : [{ environment: name, message: sayMaking(making, thing, history), places: placesOf(making) }]),
    ...(gone.length === 0 ? [] : [{ environment: name, message: `${thing.label} goes again`, places: placesOf(gone) }]),
  ]
  if (about.error.known.kind.endsWith('-missing')) {
    const order = orderOf(making, failed, history)
    return order === null
      ? { facts }
      : { facts: [...facts, { environment: name, message: order.message, places: [] }], help: order.help }
  }
  return { facts, help: helpAgainstTwo(making, history) }
}

function placesOf(deeds: readonly Deed[]): readonly FactPlace[] {
  return deeds.slice(0, MOST_PLACES).map(({ place }) => place)
}

function sayMaking(making: readonly Deed[], { label }: Thing, history: History): string {
  const revisions = [...new Set(making.map(({ script }) => script.revision))]
  if (revisions.length === 1) return `only one script makes ${label}`
  return `${revisions.length} scripts make ${label}${areInLine(revisions, history) ? ', one after the other' : ', on two lines'}`
}

function areInLine(revisions: readonly string[], { map }: History): boolean {
  return revisions.every((one) => {
    const below = map.ancestors([one])
    return revisions.every((other) => other === one || below.has(other) || map.ancestors([other]).has(one))
  })
}

function helpAgainstTwo(making: readonly Deed[], history: History): string | null {
  const unguarded = making.filter(({ operation }) => operation.context.guard !== 'exists')
  const revisions = [...new Set(unguarded.map(({ script }) => script.revision))]
  if (revisions.length < 2) return null
  const [one = '', other = ''] = revisions
  const later = history.map.ancestors([one]).has(other) ? one : other
  return `keep it in one of ${one} and ${other}: take it out of the one that is not published, or let ${later} look first (if_not_exists=True)`
}

/** What is missing is made by a script that runs later, elsewhere, or has run already. */
function orderOf(
  making: readonly Deed[],
  failed: readonly string[],
  { map }: History,
): { readonly message: string; readonly help: string | null } | null {
  const maker = making[0]?.script.revision
  const [here] = failed
  if (maker === undefined || here === undefined || maker === here) return null
  const makers = [...new Set(making.map(({ script }) => script.revision))]
  const before = makers.find((one) => map.ancestors([here]).has(one))
  if (before !== undefined)
    return { message: `${before} runs before ${here}: this database was stamped over it, or lost it since`, help: null }
  if (map.ancestors([maker]).has(here))
    return {
      message: `${maker} runs after ${here}`,
      help: `move the operation behind ${maker}, or ${maker} below ${here}`,
    }
  return {
    message: `nothing says that ${maker} runs before ${here}: they are on two lines`,
    help: `let ${here} say depends_on = '${maker}', or put it on top of ${maker}`,
  }
}

/** The operations of a history on one thing, in the order of an upgrade. */
export async function deedsOn(history: History, thing: Thing, reader: SourceReader): Promise<readonly Deed[]> {
  const needles = thing.words.map((word) => Buffer.from(word))
  return reader.complete(() =>
    parentsFirst(history).flatMap((script) => {
      const bytes = Buffer.from(reader.bytes(script.path))
      // Reading what a script does takes long: only where the name stands in it.
      if (!needles.every((needle) => bytes.includes(needle))) return []
      const operations = reader.operations(script.path)?.upgrade.operations ?? []
      const lines = new LineIndex(bytes)
      return operations.flatMap((operation): readonly Deed[] => {
        const act = actsOf(operation, thing)
        if (act === null) return []
        const { line, column } = lines.position(operation.callSite.start)
        const guard = operation.context.guard === 'exists' ? ', after looking whether it is there' : ''
        const message = firstLine(script.message)
        const text = `${script.revision}${message === '' ? '' : ` (${message})`}${guard}`
        return [{ script, act, operation, place: { path: script.path, line, column, text } }]
      })
    }),
  )
}

/** As they were loaded where Alembic cannot order them. */
function parentsFirst({ map, scripts }: History): readonly Script[] {
  const walk = map.history()
  if ('error' in walk) return scripts
  const place = new Map(walk.order.map((id, index) => [id, -index]))
  return scripts.toSorted((a, b) => (place.get(a.revision) ?? 1) - (place.get(b.revision) ?? 1))
}

/** A table that was meant, perhaps: `user` for `users`. */
async function nearestName(histories: readonly History[], thing: Thing, reader: SourceReader): Promise<string | null> {
  if (thing.table === null || thing.column !== null || thing.name !== null) return null
  const scripts = histories.flatMap((history) => history.scripts).slice(0, 2000)
  const tables = await reader.complete(() =>
    scripts.flatMap(({ path }) =>
      Buffer.from(reader.bytes(path)).includes('create_table')
        ? (reader.operations(path)?.upgrade.operations ?? []).flatMap((one) =>
            one.kind === 'create_table' && one.table !== null ? [one.table] : [],
          )
        : [],
    ),
  )
  const names = [...new Set(tables)]
  const plural = names.find((name) => name === `${thing.table}s` || `${name}s` === thing.table)
  return plural ?? nearest(thing.table, names)
}
