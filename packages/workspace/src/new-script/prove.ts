import {
  loadParser,
  type NewScript,
  type NewScriptSettings,
  type Refusal,
  refusal,
  whyLost,
  whyNotAsWanted,
} from '@onehead/core'

/** Reads a script that is to be written as Alembic will: why it must not be, or null. */
export async function whyNotWritten(
  { path, bytes }: { readonly path: string; readonly bytes: Uint8Array },
  wanted: NewScript,
  settings: NewScriptSettings,
): Promise<Refusal | null> {
  const parser = await loadParser()
  const wrong = whyNotAsWanted(path, parser.read(bytes), wanted)
  if (wrong !== null) {
    return refusal('not-as-wanted', `the script would not be what was asked for: ${wrong}`, {
      help: 'choose another message (no """ and no \\ in it), or mend script.py.mako',
    })
  }
  const lost = whyLost(settings, path)
  if (lost === null) return null
  return refusal('lost', lost, { help: 'set recursive_version_locations = true, or take the / out of file_template' })
}
