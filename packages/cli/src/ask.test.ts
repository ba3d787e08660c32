import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ask } from './ask.js'
import { type Question, Stopped } from './questions.js'

/** The keys are pressed once the question stands there. */
async function press(question: Question, ...keys: readonly string[]) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const answer = ask(question, { input, output }).catch((error: unknown) => error)
  for (const key of keys) {
    await new Promise((done) => setImmediate(done))
    input.write(key)
  }
  const shown = () => stripVTControlCharacters(String(output.read() ?? ''))
  return { answer: await answer, shown: shown() }
}

const ENTER = '\r'
const DOWN = '\u001b[B'
const CTRL_C = '\u0003'

const choose: Question = {
  kind: 'choose',
  message: 'What shall be done?',
  choices: [
    { value: 'rebase', label: 're-parent' },
    { value: 'merge', label: 'merge', hint: 'every parent stays' },
  ],
}

describe('a question to a person', () => {
  it('is answered by Enter with what stands first, or with what was chosen', async () => {
    const first = await press(choose, ENTER)
    expect(first.answer).toBe('rebase')
    expect(first.shown).toContain('What shall be done?')
    expect((await press(choose, DOWN, ENTER)).answer).toBe('merge')
  })

  it('is answered with what was typed, and with nothing by Enter alone', async () => {
    const name: Question = { kind: 'type', message: 'Type its name to go on:' }
    const typed = await press(name, 's', 'h', 'o', 'p', ENTER)
    expect([typed.answer, typed.shown.includes('Type its name')]).toEqual(['shop', true])
    expect((await press(name, ENTER)).answer).toBe('')
    expect((await press(name, CTRL_C)).answer).toBeInstanceOf(Stopped)
  })

  it.each([
    ['yes', [ENTER], 'yes'],
    ['no', [ENTER], 'no'],
    ['yes', ['n'], 'no'],
    ['no', ['y'], 'yes'],
  ] as const)('that is %s by default, after %j: %s', async (byDefault, keys, answer) => {
    expect((await press({ kind: 'confirm', message: 'Apply?', byDefault }, ...keys)).answer).toBe(answer)
  })

  it.each([['confirm'], ['choose']] as const)('that is left by Ctrl-C ends everything: %s', async (kind) => {
    const question: Question = kind === 'choose' ? choose : { kind, message: 'Apply?', byDefault: 'yes' }
    expect((await press(question, CTRL_C)).answer).toBeInstanceOf(Stopped)
  })
})
