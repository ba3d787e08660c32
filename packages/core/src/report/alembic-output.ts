import { type RunningStep, readPrintedText } from '../explain/printed-messages.js'

/** The error in what a run of Alembic or Flask-Migrate printed. */
export interface PrintedError {
  /** The exception's class as printed (`sqlalchemy.exc.OperationalError`); null where Alembic or Flask said it in words. */
  readonly type: string | null
  /** What it says, without class, statement and links. */
  readonly message: string
  /** The statement that failed, as SQLAlchemy prints it. */
  readonly statement: string | null
}

const TRACEBACK = 'Traceback (most recent call last):'

/**
 * Finds the error that ended a run: the last exception of a traceback, what Alembic says after `FAILED:`, Flask after `Error:`, and
 * argparse after `error:`. Null where nothing of the kind was printed.
 */
export function findPrintedError(stdout: string, stderr: string): PrintedError | null {
  return (
    inWords(/^ *FAILED: ([\s\S]*)/m, stdout) ??
    lastException(stderr) ??
    inWords(/^(?:ERROR \[flask_migrate\] )?Error: ([\s\S]*)/m, stderr) ??
    inWords(/^[\w.-]+(?: [\w.-]+)?: error: ([\s\S]*)/m, stderr)
  )
}

function inWords(pattern: RegExp, text: string): PrintedError | null {
  const message = pattern.exec(text)?.[1]
  return message === undefined ? null : { type: null, message: evened(message), statement: null }
}

function lastException(text: string): PrintedError | null {
  const start = text.lastIndexOf(TRACEBACK)
  if (start === -1) return null
  const lines = text.slice(start + TRACEBACK.length + 1).split(/\r?\n/)
  // The frames are indented; the exception is not, but its later lines may be.
  const first = lines.findIndex((line) => /^[^\s]/.test(line))
  if (first === -1) return null
  const whole = lines.slice(first).join('\n').trim()
  const [, type = null, said = whole] = /^([A-Za-z_][\w.]*)(?::\s?|$)([\s\S]*)/.exec(whole) ?? []
  const statement = /^\[SQL: ([\s\S]*?)\]\s*(?:^\[parameters:|^\(Background|(?![\s\S]))/m.exec(said)?.[1] ?? null
  const message = said.split(/^(?:\[SQL: |\(Background on this error|During handling of)/m)[0] ?? ''
  return { type, message: evened(message), statement: statement?.trim() ?? null }
}

function evened(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

/** The last `Running upgrade a -> b, message` of a log. */
export function findRunningStep(stderr: string): RunningStep | null {
  return readPrintedText(stderr).step
}
