import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  type NewScript,
  type NewScriptSettings,
  type Parser,
  type Refusal,
  refusal,
  whyLost,
  whyNotAsWanted,
} from '@onehead/core'

type Wanted = Pick<NewScript, 'revision' | 'parents' | 'branchLabel' | 'dependsOn'>

/**
 * Reads a script that is to be written as Alembic will: why it must not be, or null.
 *
 * @param root absolute
 */
export function whyNotWritten(
  root: string,
  parser: Parser,
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
  wanted: Wanted,
  settings: NewScriptSettings,
): Refusal | null {
  const wrong = whyNotAsWanted(path, parser.read(bytes), wanted)
  if (wrong !== null) {
    return refusal('not-as-wanted', `the script would not be what was asked for: ${wrong}`, {
      help: 'choose another message (no """ and no \\ in it), or mend script.py.mako',
    })
  }
  const lost = whyLost(settings, path)
  if (lost === null) return existsSync(join(root, path)) ? overExisting(path) : null
  return refusal('lost', lost, { help: 'set recursive_version_locations = true, or take the / out of file_template' })
}

/** Alembic writes over it without a word. */
export function overExisting(path: string): Refusal {
  return refusal('exists', `it would lie where ${path} is already`, {
    path,
    help: 'choose another message, or put %(rev)s into file_template: it makes every file name one of its own',
  })
}
