import type { ErrorRecognition, Fact } from '@onehead/core'
import type { Surroundings } from './found.js'
import { ownFrames } from './place.js'

const MOST_SEEN = 5

/** Of a text in which no error is known: the revisions and files that it names and this workspace has, and the statement. */
export async function lookAtSeen(
  text: string,
  { printed }: ErrorRecognition,
  { histories, paths }: Surroundings,
): Promise<readonly Fact[]> {
  const facts: Fact[] = []
  const frames = [...printed.messages.flatMap((message) => message.frames), ...printed.frames]
  const own = ownFrames(frames, paths).slice(0, MOST_SEEN)
  if (own.length > 0) facts.push({ environment: null, message: 'the text names these lines', places: own })
  const words = new Set(text.slice(-200_000).match(/[\w]{4,40}/g) ?? [])
  for (const { environment, scripts } of histories) {
    const named = scripts.filter(({ revision }) => words.has(revision)).slice(0, MOST_SEEN)
    if (named.length === 0) continue
    const places = named.map(({ path, revision }) => ({ path, line: null, column: null, text: revision }))
    facts.push({ environment: environment.name, message: 'the text names these revisions', places })
  }
  const statement = printed.messages.findLast((message) => message.statement !== null)?.statement
  if (statement)
    facts.push({
      environment: null,
      message: `the statement was: ${statement.replace(/\s+/g, ' ').slice(0, 200)}`,
      places: [],
    })
  return facts
}
