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
}

/** The same with everything decided. */
export interface Page {
  readonly source: SourceLines
  readonly glyphs: Glyphs
  readonly paint: Paint
  readonly width: number
  readonly showPath: (path: string) => string
  /** A command of ours as it is to be typed. */
  readonly command: (text: string) => string
}

const DEFAULT_WIDTH = 100
const LEAST_WIDTH = 60

export function createPage(options: TextOptions): Page {
  const program = options.program ?? 'onehead'
  return {
    source: options.source ?? (() => null),
    glyphs: options.unicode === false ? ASCII : UNICODE,
    paint: createPaint(options.color ?? false),
    width: Math.max(LEAST_WIDTH, options.width ?? DEFAULT_WIDTH),
    showPath: options.showPath ?? ((path) => path),
    command: (text) => (program === 'onehead' ? text : text.replace(/^onehead(?= |$)/, program)),
  }
}
