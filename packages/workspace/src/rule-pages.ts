import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * The page of a rule, as Markdown: it is shipped beside the rule in `@onehead/core`.
 *
 * @param name of a rule that exists; nothing else may be given, it becomes a file name
 * @returns null where the package was installed without its pages
 */
export async function readRulePage(name: string): Promise<string | null> {
  const core = dirname(createRequire(import.meta.url).resolve('@onehead/core/package.json'))
  return readFile(join(core, 'src', 'rules', `${name}.md`), 'utf8').catch(() => null)
}
