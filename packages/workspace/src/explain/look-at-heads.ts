import { type Fact, firstLine, reportEnvironment, shellWord } from '@onehead/core'
import type { Look } from './found.js'

/** The heads of the histories that an error is about: what `head` means here. */
export const lookAtHeads: Look = async (_, { concerned }) => {
  const facts: Fact[] = []
  let command: string | null = null
  for (const history of concerned.slice(0, MOST_HISTORIES)) {
    const { name, settings } = history.environment
    const { heads, error } = reportEnvironment(history)
    if (heads === null) {
      facts.push({
        environment: name,
        message: `Alembic cannot load this history (${error?.kind ?? 'unknown'})`,
        places: [],
      })
      command ??= `onehead check ${shellWord(name)}`
      continue
    }
    const many = heads.length > 1 && settings.expectedHeads === 1
    if (many) command ??= `onehead fix ${shellWord(name)}`
    facts.push({ environment: name, message: sayHeads(heads.length), places: heads.slice(0, 5).map(placeOf) })
  }
  const help = command?.startsWith('onehead fix') ? 'bring the history back to one head first' : null
  return { facts, help, command }

  function placeOf(id: string) {
    const script = concerned.map(({ map }) => map.get(id)).find((one) => one !== undefined)
    const message = firstLine(script?.message ?? '')
    return { path: script?.path ?? '', line: null, column: null, text: `${id}${message === '' ? '' : `, ${message}`}` }
  }
}

const MOST_HISTORIES = 4

const sayHeads = (amount: number): string =>
  amount === 0
    ? 'this history has no script'
    : amount === 1
      ? 'this history has one head'
      : `this history has ${amount} heads`
