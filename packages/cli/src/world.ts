import type { Ask } from './questions.js'

/** What the command line is told about where it runs. Tests make their own. */
export interface World {
  /** Absolute path. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** The file that Node was started with, links not followed; absolute. */
  readonly script?: string
  /** What is known about standard output. */
  readonly isTerminal: boolean
  readonly columns: number | null
  readonly readStandardInput: () => Promise<string>
  /** True where a person would have to type standard input. */
  readonly isInputTerminal?: boolean
  /** Puts a question to a person. Absent where nobody could answer: then nothing is asked. */
  readonly ask?: Ask
  /** Shows results at once, before the rest is done. Absent: everything comes with the outcome. */
  readonly tell?: (text: string) => void
  /** The same for trouble, and for what other programs print meanwhile. */
  readonly tellTrouble?: (text: string) => void
  /** The line for what runs just now. Absent where nobody watches, and where results are JSON. */
  readonly live?: LiveLine
  /** Milliseconds from any fixed point. */
  readonly now: () => number
}

/** One line of a terminal that is drawn again and again; commands use it through `createProgress`. */
export interface LiveLine {
  draw(text: string): void
  erase(): void
}

/** What a command hands back: it prints nothing itself, so that a reader who leaves early cannot change what it decided. */
export interface Outcome {
  readonly exitCode: 0 | 1 | 2 | 3
  /** Results. */
  readonly stdout: string
  /** Trouble. */
  readonly stderr?: string
}
