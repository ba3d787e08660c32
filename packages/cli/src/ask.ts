import type { Readable, Writable } from 'node:stream'
import { confirm, isCancel, select, text } from '@clack/prompts'
import { type Question, Stopped } from './questions.js'

/** Where a person is. */
export interface Terminal {
  readonly input: Readable
  /** Standard error: what is piped onwards stays results only. */
  readonly output: Writable
}

/** Puts a question to whoever sits at the terminal, and waits. Throws `Stopped` at Ctrl-C. */
export async function ask(question: Question, { input, output }: Terminal = HERE): Promise<string> {
  const { message } = question
  const answer =
    question.kind === 'type'
      ? ((await text({ message, input, output })) ?? '')
      : question.kind === 'confirm'
        ? await confirm({ message, initialValue: question.byDefault === 'yes', input, output })
        : await select({
            message,
            options: question.choices.map(({ value, label, hint }) => ({ value, label, ...(hint ? { hint } : {}) })),
            input,
            output,
          })
  if (isCancel(answer)) throw new Stopped()
  return typeof answer === 'string' ? answer : answer ? 'yes' : 'no'
}

const HERE: Terminal = { input: process.stdin, output: process.stderr }
