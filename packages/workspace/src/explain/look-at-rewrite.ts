import {
  type Diagnostic,
  type Fact,
  type History,
  isRuleName,
  judgeHistory,
  type Level,
  type RuleName,
} from '@onehead/core'
import { thingOf } from './acts.js'
import { type Case, type Found, type Look, NOTHING, type Surroundings } from './found.js'
import { deedsOn } from './look-at-makers.js'

/** The place in the script that failed, with the safe way that the rules know for it, in the user's own names. */
export const lookAtRewrite: Look = async (surroundings, about) => {
  const rules = about.error.known.rules.filter(isRuleName)
  for (const { history, revision } of await suspects(surroundings, about)) {
    const found = (await judgeScript(surroundings, history, revision, rules)).filter((one) => concerns(one, about))
    const best = found.find(({ rewrite }) => rewrite.length > 0) ?? found[0]
    if (best === undefined) continue
    return asFound(best, history)
  }
  return NOTHING
}

/** The scripts that failed; where nobody tells, those that do something with what the error names. */
async function suspects(
  { reader }: Surroundings,
  { error, concerned, failed }: Case,
): Promise<readonly { readonly history: History; readonly revision: string }[]> {
  if (failed.length > 0) return failed.map(({ history, script }) => ({ history, revision: script.revision }))
  const thing = thingOf(error)
  if (thing === null) return []
  const found: { readonly history: History; readonly revision: string }[] = []
  for (const history of concerned) {
    const deeds = await deedsOn(history, thing, reader)
    // The newest is the one that somebody is just trying.
    for (const { script } of deeds.toReversed()) found.push({ history, revision: script.revision })
  }
  return found
}

/** As if everything but this script were published: what it does to tables with rows, and nothing else. */
function judgeScript(
  { reader }: Surroundings,
  history: History,
  revision: string,
  rules: readonly RuleName[],
): Promise<readonly Diagnostic[]> {
  const levels = (rule: RuleName, _: string | null, byDefault: Level): Level =>
    rules.includes(rule) ? (byDefault === 'off' ? 'info' : byDefault) : 'off'
  const path = history.map.get(revision)?.path
  return reader.complete(() => {
    const { diagnostics } = judgeHistory(history, {
      levels,
      isPublished: (_, id) => id !== revision,
      baseline: new Set(),
      scripts: 'new',
      source: reader.bytes,
      operations: reader.operations,
    })
    return diagnostics.filter(({ labels }) => labels[0]?.path === path)
  })
}

/** A finding on another column of the same script is another story. */
function concerns({ message, labels }: Diagnostic, { error }: Case): boolean {
  const thing = thingOf(error)
  const word = thing?.column ?? thing?.name ?? thing?.table
  if (word === undefined || word === null) return true
  return message.includes(word) || labels.some(({ text }) => text.includes(word)) || error.subject.column === undefined
}

function asFound({ message, labels, rewrite, fix, help }: Diagnostic, { environment }: History): Found {
  const fact: Fact = {
    environment: environment.name,
    message,
    places: labels
      .slice(0, 2)
      .map(({ path, range: { start }, text }) => ({ path, line: start.line, column: start.column, text })),
  }
  return {
    facts: [fact],
    rewrite,
    help: rewrite.length > 0 ? null : help,
    command: fix?.applicability === 'safe' ? fix.command : null,
  }
}
