import type { RehearsedEnvironment } from '../rehearse/rehearsal.js'
import { createPage, type TextOptions } from './page.js'

/** What a rehearsal found, revision by revision. Ends with a line end. */
export function formatRehearsal(environments: readonly RehearsedEnvironment[], options: TextOptions = {}): string {
  const page = createPage(options)
  return environments.map(({ name }) => `${page.glyphs.bullet} ${name}\n`).join('')
}
