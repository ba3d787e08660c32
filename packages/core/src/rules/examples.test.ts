import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  applyEdits,
  asWindows,
  changedLines,
  compact,
  editsOf,
  type RuleExample,
  readExamples,
  runExample,
} from '../../../../test/support/rule-examples.js'

const folder = new URL('./', import.meta.url)
const docs = readdirSync(folder).filter((name) => name.endsWith('.md'))

describe.each(docs)('%s', (name) => {
  const rule = name.slice(0, -3)
  const examples = readExamples(readFileSync(new URL(name, folder), 'utf8'))

  test.each(examples.map((example) => [example.title, example] as const))('%s', (_, example) => {
    const diagnostics = runExample(example)
    expect(compact(diagnostics)).toBe(example.expected)
    const own = diagnostics.filter((diagnostic) => diagnostic.rule === rule)
    expect(own.length > 0).toBe(example.kind === 'fires')
    for (const diagnostic of own) {
      // The verb comes first, and nothing ends like a sentence; both are what people read over and over.
      expect(diagnostic.message).not.toMatch(/[.!]$/)
      if (diagnostic.help !== null) expect(diagnostic.help).toMatch(/^[a-z]+ /)
      for (const { range } of diagnostic.labels) expect(range.end.offset).toBeGreaterThanOrEqual(range.start.offset)
    }
  })

  const fires = examples.filter((example) => example.kind === 'fires')
  test.each(fires.map((example) => [example.title, example] as const))(
    'its fix does what it says. %s',
    (_, example) => {
      const fixed = applyFixes(example, rule)
      if (fixed === null) expect(example.change).toBeNull()
      else expect(changedLines(example.files, fixed)).toBe(example.change)
    },
  )

  const fixable = fires.filter((example) => applyFixes(example, rule) !== null)
  if (fixable.length > 0) {
    test.each(fixable.map((example) => [example.title, example] as const))('its fix ends it. %s', (_, example) => {
      const fixed = applyFixes(example, rule)!
      expect(runExample({ ...example, files: fixed }).filter((diagnostic) => diagnostic.rule === rule)).toEqual([])
    })

    test.each(fixable.map((example) => [example.title, example] as const))(
      'its fix leaves every other byte. %s',
      (_, example) => {
        const fixed = applyFixes(example, rule)!
        const windows = applyFixes({ ...example, files: asWindows(example.files) }, rule)
        expect(windows).toEqual(asWindows(fixed))
      },
    )
  }
})

describe('an ignore comment is what silences the ignored examples', () => {
  const ignored = docs.flatMap((name) => {
    const examples = readExamples(readFileSync(new URL(name, folder), 'utf8'))
    return examples
      .filter((example) => example.kind === 'ignored' && example.setting.levels === undefined)
      .map((example) => [name.slice(0, -3), example] as const)
  })

  test.each(ignored)('%s', (rule, example) => {
    const files = new Map([...example.files].map(([path, content]) => [path, withoutIgnores(content)]))
    // Without any comment there is nothing to find for the rule that judges comments.
    if (rule === 'unused-ignore') return
    expect(runExample({ ...example, files }).map((diagnostic) => diagnostic.rule)).toContain(rule)
  })
})

function withoutIgnores(content: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(content).replace(/# onehead: .*/g, '#')
  return new TextEncoder().encode(text)
}

/** All edits that the rule proposes for an example, safe or not; null when it proposes none. */
function applyFixes(example: RuleExample, rule: string) {
  const edits = runExample(example)
    .filter((diagnostic) => diagnostic.rule === rule)
    .flatMap(editsOf)
  return edits.length === 0 ? null : applyEdits(example.files, edits)
}
