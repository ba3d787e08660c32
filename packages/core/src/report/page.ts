import { ASCII, type Glyphs, UNICODE } from './glyphs.js'
import { createPaint, type Paint } from './paint.js'
import type { SourceLines } from './report.js'

/** How a report is to look. Everything is decided by the caller: nothing here asks a terminal, a clock or a file. */
export interface TextOptions {
  /** Lines of the files that diagnostics point into; without it no line of a file is shown. */
  readonly source?: SourceLines
  readonly color?: boolean
  /** False draws with ASCII only. */
  readonly unicode?: boolean
  /** Columns, at least 60; default 100. Paths and commands are kept whole: they are copied and clicked. */
  readonly width?: number
  /** Turns a workspace-relative path into what the reader can open from where they stand. */
  readonly showPath?: (path: string) => string
  /** What to type to run onehead; default `onehead`. */
  readonly program?: string
  /** Words that our commands must be given to find the same again: `-c deploy/db.ini`. */
  readonly repeated?: string
  /** What does the same as a command of ours, and is better typed here (a task of Nx); null where nothing is. */
  readonly instead?: (command: string) => string | null
}

/** The same with everything decided. */
export interface Page {
  readonly source: SourceLines
  readonly glyphs: Glyphs
  readonly paint: Paint
  readonly width: number
  readonly showPath: (path: string) => string
  /** A command as it is to be typed by whoever stands where `showPath` says; commands of diagnostics are for the root. */
  readonly command: (text: string) => string
}

const DEFAULT_WIDTH = 100
const LEAST_WIDTH = 60

export function createPage(options: TextOptions): Page {
  const program = options.program ?? 'onehead'
  const showPath = options.showPath ?? ((path: string) => path)
  return {
    source: options.source ?? (() => null),
    glyphs: options.unicode === false ? ASCII : UNICODE,
    paint: createPaint(options.color ?? false),
    width: Math.max(LEAST_WIDTH, options.width ?? DEFAULT_WIDTH),
    showPath,
    command: (text) => options.instead?.(text) ?? typedFrom(text, showPath, program, options.repeated ?? ''),
  }
}

/** Ours work anywhere below the root; others are for the root, or for the folder that they begin with going to. */
function typedFrom(command: string, showPath: (path: string) => string, program: string, repeated: string): string {
  if (/^onehead( |$)/.test(command)) {
    const end = repeated === '' ? '' : ` ${repeated}`
    // What is quoted may look like another command of ours.
    const ours = command.replace(/('[^']*'|\\.)| && onehead(?= )/gs, (_, kept) => kept ?? `${end} && ${program}`)
    return program + ours.slice('onehead'.length) + end
  }
  const [, folder = '.', rest = command] = /^cd ([\w@%+=:,./-]+) && (.+)$/.exec(command) ?? []
  const shown = showPath(folder)
  return shown === '.'
    ? rest
    : `cd ${/^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", `'\\''`)}'`} && ${rest}`
}
