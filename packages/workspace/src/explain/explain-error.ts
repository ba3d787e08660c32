import { type Explanation, type Fact, type FactWish, type RecognisedError, shellWord } from '@onehead/core'
import { type Case, type Found, type Look, NOTHING, type Surroundings } from './found.js'
import { lookAtAddress } from './look-at-address.js'
import { lookAtConfiguration } from './look-at-configuration.js'
import { lookAtHeads } from './look-at-heads.js'
import { lookAtMakers } from './look-at-makers.js'
import { lookAtRevisions } from './look-at-revisions.js'
import { lookAtRewrite } from './look-at-rewrite.js'
import { lookAtMerge, lookAtRules } from './look-at-rules.js'
import { concernedHistories, failedScripts, ownFrames } from './place.js'

const LOOKS: Readonly<Record<FactWish, Look>> = {
  rules: lookAtRules,
  merge: lookAtMerge,
  revisions: lookAtRevisions,
  makers: lookAtMakers,
  rewrite: lookAtRewrite,
  heads: lookAtHeads,
  configuration: lookAtConfiguration,
  address: lookAtAddress,
}

/** More facts explain nothing better. */
const MOST_FACTS = 8

/** One known error with everything that this workspace and git say about it; without `surroundings` only what is known anyway. */
export async function explainError(error: RecognisedError, surroundings: Surroundings | null): Promise<Explanation> {
  const { known, matched, statement } = error
  const { kind, weight = 'cause', cause, cure, rules, next } = known
  const said = { kind, weight, matched, cause, cure, rules, statement: statement?.replace(/\s+/g, ' ') ?? null }
  if (surroundings === null)
    return { ...said, environment: null, facts: [], rewrite: [], help: null, command: commandOf(next, null) }
  const { histories, paths } = surroundings
  const concerned = concernedHistories(error, histories, paths)
  const about: Case = { error, concerned, failed: failedScripts(error, histories, paths) }
  const found: Found[] = [failedAt(surroundings, about)]
  for (const wish of known.facts) found.push(await LOOKS[wish](surroundings, about))
  const facts = withoutDoubles(found.flatMap((one) => one.facts)).slice(0, MOST_FACTS)
  const environment = environmentOf(about, facts, surroundings)
  return {
    ...said,
    environment,
    facts,
    rewrite: found.find(({ rewrite = [] }) => rewrite.length > 0)?.rewrite ?? [],
    help: found.find(({ help }) => help)?.help ?? null,
    command: found.find(({ command }) => command)?.command ?? commandOf(next, environment),
  }
}

/** Which line of which script was running. */
function failedAt({ paths }: Surroundings, { error, failed }: Case): Found {
  const [frame] = ownFrames(error.frames, paths)
  const [script] = failed
  if (frame !== undefined) {
    const own = failed.find((one) => one.script.path === frame.path)
    const message = own === undefined ? 'it was raised here' : `it failed in ${own.script.revision}`
    return { facts: [{ environment: own?.history.environment.name ?? null, message, places: [frame] }] }
  }
  if (script === undefined) return NOTHING
  const { path, revision } = script.script
  const message = `it failed in ${revision}`
  return {
    facts: [
      {
        environment: script.history.environment.name,
        message,
        places: [{ path, line: null, column: null, text: null }],
      },
    ],
  }
}

/** Two looks may see one thing: the first that shows all the places of another is enough. */
function withoutDoubles(facts: readonly Fact[]): readonly Fact[] {
  const shown = new Set<string>()
  return facts.filter(({ message, places }) => {
    const keys = places.length === 0 ? [message] : places.map(({ path, line }) => `${path}:${line}`)
    const isNew = keys.some((key) => !shown.has(key))
    for (const key of keys) shown.add(key)
    return isNew
  })
}

function environmentOf({ concerned }: Case, facts: readonly Fact[], { histories }: Surroundings): string | null {
  if (concerned.length === 1) return concerned[0]!.environment.name
  const named = [...new Set(facts.flatMap(({ environment }) => environment ?? []))]
  return named.length === 1 && histories.length > 1 ? named[0]! : null
}

function commandOf(next: RecognisedError['known']['next'], environment: string | null): string {
  return environment === null || next === 'doctor' ? `onehead ${next}` : `onehead ${next} ${shellWord(environment)}`
}
