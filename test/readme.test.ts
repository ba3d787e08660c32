import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rules } from '../packages/core/src/rules/registry.js'
import { budgets } from '../tools/bench/budgets.mjs'
import { renderReadme, withoutTimes } from '../tools/readme.mjs'
import { listRepositoryFiles, repositoryRoot } from './support/source-files.js'

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8')
const readme = read('README.md')

/** The lines between `<!-- <name> -->` and the next `<!-- end -->`. */
function block(name: string): string[] {
  const match = new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)\\n<!-- end -->`).exec(readme)
  expect(match, `README has a block "${name}"`).not.toBeNull()
  return match![1]!.split('\n')
}

/** The cells of a Markdown table's body. */
function rows(lines: readonly string[]): string[][] {
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}

const quotedNames = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)

describe('the first screen', () => {
  const lines = readme.split('\n')

  test('says in one sentence of at most twelve words what it is for', () => {
    expect(lines[0]).toBe('# onehead')
    expect(lines[2]!.split(' ').length).toBeLessThanOrEqual(12)
  })

  test('shows the command and what it says within 40 lines', () => {
    const screen = lines.slice(0, 40).join('\n')
    expect(screen).toContain('npx onehead check')
    expect(screen).toContain('error[multiple-heads]')
  })
})

describe('what README quotes is so', () => {
  test('outputs and the table of rules are what the built command and the registry say (node tools/readme.mjs)', () => {
    expect(withoutTimes(renderReadme(readme, rules))).toBe(withoutTimes(readme))
  })

  test('every command for npm is a script, in every document', () => {
    const { scripts } = JSON.parse(read('package.json'))
    for (const document of ['README.md', 'CONTRIBUTING.md', 'tools/README.md']) {
      for (const [, name] of read(document).matchAll(/npm run ([\w:-]+)/g)) {
        expect(Object.keys(scripts), `${document}: npm run ${name}`).toContain(name)
      }
    }
    // npm makes no folder for packages, and a fresh clone has none.
    expect(readme).toContain('npm ci && mkdir -p .cache && npm pack --workspaces --pack-destination .cache ')
    expect(readme).toContain('npm ci && npm run demo')
    expect(readme).toContain('npm ci && npm test')
  })

  test('the scripts run files that exist', () => {
    const { scripts } = JSON.parse(read('package.json'))
    for (const command of Object.values<string>(scripts)) {
      const file = /^node (\S+)/.exec(command)?.[1]
      if (file) expect(existsSync(join(repositoryRoot, file)), file).toBe(true)
    }
  })

  test('links inside the repository lead somewhere', () => {
    for (const document of listRepositoryFiles().filter((path) =>
      /(^|\/)(README|CONTRIBUTING|CHANGELOG)\.md$/.test(path),
    )) {
      for (const [, target] of read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        expect(existsSync(join(repositoryRoot, document, '..', target!)), `${document} → ${target}`).toBe(true)
      }
    }
  })

  test('the configuration keys are those of the schema, all of them', () => {
    const schema = JSON.parse(read('packages/workspace/schema/onehead.schema.json'))
    const named = rows(block('configuration')).flatMap(([keys]) => quotedNames(keys!))
    expect(named.sort()).toEqual(
      Object.keys(schema.properties)
        .filter((key) => key !== '$schema')
        .sort(),
    )
    const ofEnvironment = rows(block('environment settings')).flatMap(([keys]) => quotedNames(keys!))
    expect(ofEnvironment.sort()).toEqual(Object.keys(schema.$defs.environment.properties).sort())
  })
})

describe('numbers', () => {
  const measured = rows(block('npm run bench'))

  test('about speed are ratios and sizes of the rows that the benchmark prints, with its budgets', () => {
    expect(measured.map(([name, , limit]) => [name, limit])).toEqual(budgets.map(({ name, limit }) => [name, limit]))
    measured.forEach(([, value, , verdict], row) => {
      const { holds } = budgets[row]!
      expect(value).toMatch(/^(\d+(\.\d)? ×|\d+ MB|\d\.\d\d s)$/)
      // A budget that does not hold is said, too.
      expect(verdict).toBe(holds === null ? '–' : holds(Number.parseFloat(value!)) ? '✓' : '✗')
    })
  })

  test('about speed stand nowhere else', () => {
    const rest = readme.replace(/<!-- npm run bench -->[\s\S]*?<!-- end -->/, '')
    expect(rest).not.toMatch(/\d\s*(×|x faster|times (faster|slower))/)
  })
})
