import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../packages/cli/src/hook.js'
import { LONGEST_DOWNLOAD_MS } from '../packages/workspace/src/gate/download.js'
import { FRESH, LONGEST_FETCH_MS } from '../packages/workspace/src/gate/fetch-target.js'
import { managedBlock } from '../packages/workspace/src/hooks/block.js'
import { formatInstallation } from '../packages/workspace/src/hooks/describe.js'
import type { InstallationFacts } from '../packages/workspace/src/hooks/facts.js'
import { hookPurposes, usualHooks } from '../packages/workspace/src/hooks/hook-names.js'
import { planInstallation } from '../packages/workspace/src/hooks/plan.js'
import { facts, file, packageFact, TOOL } from './support/installation-facts.js'
import { listRepositoryFiles, repositoryRoot } from './support/source-files.js'

const document = readFileSync(join(repositoryRoot, 'docs/hooks.md'), 'utf8')

/** What stands between `<!-- name -->` and the next `<!-- end -->`. */
function block(name: string): string {
  const [, text] = new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)<!-- end -->`).exec(document) ?? []
  return text ?? `docs/hooks.md has no block "${name}"`
}

const words: Readonly<Record<number, string>> = { 4: 'four', 8: 'eight', 10: 'ten' }

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

  test('every setting that is read, and no other', () => {
    const sources = listRepositoryFiles().filter((path) => /^packages\/\w+\/src\/.*(?<!\.test)\.ts$/.test(path))
    const read = sources.flatMap((path) => {
      const text = readFileSync(join(repositoryRoot, path), 'utf8')
      return [...text.matchAll(/['"`]onehead\.(?!json|sh|cmd)([a-z]+)['"`]/g)].map(([, name]) => `onehead.${name}`)
    })
    const told = [...block('settings').matchAll(/^\| `(onehead\.\w+)` \|/gm)].map(([, name]) => name)
    expect(read).toContain('onehead.strict')
    expect([...told].sort()).toEqual([...new Set(read)].sort())
  })

  test('how long anybody waits', () => {
    const said = document.replace(/\s+/g, ' ')
    expect(said).toContain(`no answer within ${LIMITS.verdict / 1000} seconds`)
    expect(said).toContain(`gives up after ${words[LONGEST_FETCH_MS / 1000]} seconds`)
    expect(said).toContain(`for ${words[LONGEST_DOWNLOAD_MS / 1000]} seconds at most`)
    expect(said).toContain(`the last ${words[FRESH / 60]} minutes`)
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
