import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { managedBlock } from '../packages/workspace/src/hooks/block.js'
import { formatInstallation } from '../packages/workspace/src/hooks/describe.js'
import type { InstallationFacts } from '../packages/workspace/src/hooks/facts.js'
import { hookPurposes, usualHooks } from '../packages/workspace/src/hooks/hook-names.js'
import { planInstallation } from '../packages/workspace/src/hooks/plan.js'
import { facts, file, packageFact, TOOL } from './support/installation-facts.js'
import { repositoryRoot } from './support/source-files.js'

const document = readFileSync(join(repositoryRoot, 'docs/hooks.md'), 'utf8')

/** What stands between `<!-- name -->` and the next `<!-- end -->`. */
function block(name: string): string {
  const [, text] = new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)<!-- end -->`).exec(document) ?? []
  return text ?? `docs/hooks.md has no block "${name}"`
}

const fenced = (language: string, text: string) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`

/** A shop with package.json, and what else it has. */
const plan = (more: Partial<InstallationFacts> = {}) =>
  planInstallation(
    facts({
      package: packageFact('{"devDependencies":{"onehead":"0.1.0"}}'),
      tool: { path: TOOL, exists: true },
      ...more,
    }),
    { hooks: usualHooks, fetch: null, target: null },
  )

describe('docs/hooks.md shows what is so', () => {
  test('the hooks', () => {
    const rows = usualHooks.map((name) => `| \`${name}\` | ${hookPurposes[name]} |\n`)
    expect(block('hooks')).toBe(`| hook | what it is for |\n| --- | --- |\n${rows.join('')}`)
  })

  test('what init prints', async () => {
    const said = formatInstallation(await plan(), { color: false, unicode: true, dryRun: false, uninstall: false })
    expect(block('init: nothing')).toBe(fenced('text', `$ npx onehead init\n${said}`))
  })

  test('what it writes', () => {
    expect(block('block: pre-push')).toBe(fenced('sh', managedBlock('pre-push', { tool: TOOL }).join('\n')))
  })

  test.each<[string, Partial<InstallationFacts>]>([
    ['lefthook', { lefthook: file('lefthook.yml', '') }],
    ['pre-commit', { preCommit: file('.pre-commit-config.yaml', '') }],
    ['simple-git-hooks', { package: packageFact('{"simple-git-hooks":{}}') }],
  ])('the lines for %s', async (manager, more) => {
    const { snippet } = await plan(more)
    expect(block(`init: ${manager}`)).toBe(fenced(snippet!.language, snippet!.text))
  })
})
