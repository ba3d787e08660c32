import { joinWords } from '../processes/words.js'

/** One command for a person to run. */
export interface ShellCommand {
  readonly words: readonly string[]
  /** Variables in front of it; never a secret. */
  readonly env: Readonly<Record<string, string>>
  /** The file it reads from standard input, or null. */
  readonly input: string | null
}

export function shellCommand(words: readonly string[], more: Partial<ShellCommand> = {}): ShellCommand {
  return { words, env: {}, input: null, ...more }
}

/** As it is typed into a shell. */
export function typedShellCommand({ words, env, input }: ShellCommand): string {
  const assigned = Object.entries(env).map(([name, value]) => `${name}=${joinWords([value])}`)
  return [...assigned, joinWords(words), ...(input === null ? [] : ['<', joinWords([input])])].join(' ')
}
