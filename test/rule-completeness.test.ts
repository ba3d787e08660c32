import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rules } from '../packages/core/src/rules/registry.js'
import { readExamples, runExample, SECTIONS, sectionsOf } from './support/rule-examples.js'

const folder = fileURLToPath(new URL('../packages/core/src/rules', import.meta.url))
const tool = fileURLToPath(new URL('../tools/create-rule.mjs', import.meta.url))
const read = (name: string) => readFileSync(join(folder, name), 'utf8')
const files = readdirSync(folder)

describe('every rule is whole', () => {
  test('a file with a rule is registered under its own name, and nothing else is', () => {
    const defining = files.filter((name) => name.endsWith('.ts') && /= defineRule\(\{$/m.test(read(name)))
    expect(defining.map((name) => name.slice(0, -3)).sort()).toEqual(rules.map((rule) => rule.name).sort())
  })

  test('every doc belongs to a rule', () => {
    const docs = files.filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3))
    expect(docs.sort()).toEqual(rules.map((rule) => rule.name).sort())
  })

  test('names are spelled once', () => {
    expect(new Set(rules.map((rule) => rule.name)).size).toBe(rules.length)
    for (const { name } of rules) expect(read(`${name}.ts`)).toContain(`  name: '${name}',`)
  })
})

describe.each(rules.map((rule) => [rule.name, rule] as const))('%s', (name, rule) => {
  const doc = existsSync(join(folder, `${name}.md`)) ? read(`${name}.md`) : ''

  test('has a doc with its name and all sections', () => {
    expect(doc.startsWith(`# ${name}\n`)).toBe(true)
    expect(sectionsOf(doc)).toEqual(SECTIONS)
    expect(doc).not.toContain('TODO')
  })

  test('has an example that fires, one that is silent and one that is ignored', () => {
    const kinds = readExamples(doc).map((example) => example.kind)
    expect(kinds).toEqual(expect.arrayContaining(['fires', 'silent', 'ignored']))
  })

  test('has a safe fix, or its doc says why not', () => {
    const safe = readExamples(doc).some((example) =>
      runExample(example).some((diagnostic) => diagnostic.rule === name && diagnostic.fix?.applicability === 'safe'),
    )
    const howToFix = doc.slice(doc.indexOf('## How to fix'))
    if (!safe) expect(howToFix).toMatch(/no automatic fix|`ask`|command is shown/)
  })

  test('says in one line what it finds', () => {
    expect(rule.summary).toMatch(/^(`|[a-z]).{10,90}[^.]$/)
  })
})

describe('create-rule', () => {
  let copy = ''
  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'onehead-rules-'))
    cpSync(folder, copy, { recursive: true })
  })
  afterAll(() => rmSync(copy, { recursive: true, force: true }))
  const create = (...words: string[]) =>
    spawnSync(process.execPath, [tool, '--into', copy, ...words], { encoding: 'utf8' })

  test('writes a rule and its doc, and registers it before the rules that come last', () => {
    const { status, stderr } = create('orphan-revision', "a revision that nobody's history reaches")
    expect([status, stderr]).toEqual([0, ''])
    const registry = readFileSync(join(copy, 'registry.ts'), 'utf8')
    expect(registry).toContain("import { orphanRevision } from './orphan-revision.js'\n")
    expect(registry.indexOf('  orphanRevision,')).toBeLessThan(registry.indexOf('  unusedIgnore,'))
    const imports = [...registry.matchAll(/^import .* from '(.*)'$/gm)].map((match) => match[1]!)
    expect(imports).toEqual([...imports].sort())
    expect(readFileSync(join(copy, 'orphan-revision.ts'), 'utf8')).toContain("name: 'orphan-revision'")
    const doc = readFileSync(join(copy, 'orphan-revision.md'), 'utf8')
    expect(sectionsOf(doc)).toEqual(SECTIONS)
    expect(readExamples(doc).map((example) => example.kind)).toEqual(['fires', 'silent', 'ignored'])
  })

  test('writes a lint rule that finds something and says where', () => {
    const { status, stderr } = create('paid-invoice', 'a new script adds a column', '--lint')
    expect([status, stderr]).toEqual([0, ''])
    const source = readFileSync(join(copy, 'paid-invoice.ts'), 'utf8')
    expect(source).toContain('export const paidInvoice = defineRule({')
    expect(source).toContain("newOperations(context, 'add_column')")
    const [fires] = readExamples(readFileSync(join(copy, 'paid-invoice.md'), 'utf8'))
    const [place] = [...fires!.files.keys()]
    const lines = new TextDecoder().decode(fires!.files.get(place!)).split('\n')
    const [, line, column] = /py:(\d+):(\d+) /.exec(fires!.expected)!
    expect(lines[Number(line) - 1]!.slice(Number(column) - 1)).toMatch(/^op\.add_column/)
  })

  test.each([
    [
      'a name that is taken',
      ['multiple-heads', 'a history with too many heads'],
      'there is a rule called multiple-heads',
    ],
    ['a name in camel case', ['orphanRevision', 'a revision that nobody reaches'], 'lower case with dashes'],
    ['no summary', ['lost-revision'], 'what the rule finds'],
  ])('writes nothing for %s', (_, words, message) => {
    const before = readdirSync(copy).length
    const { status, stderr } = create(...words)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(readdirSync(copy).length).toBe(before)
  })
})
