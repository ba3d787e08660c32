import { describe, expect, test } from 'vitest'
import { applyEdits, bytes, type ExampleSetting, editsOf, runExample } from '../../../../test/support/rule-examples.js'

function judge(scripts: Record<string, string>, setting: ExampleSetting = {}) {
  const files = new Map(Object.entries(scripts).map(([name, text]) => [`migrations/versions/${name}.py`, bytes(text)]))
  return { files, found: runExample({ files, setting }) }
}

const names = (scripts: Record<string, string>, setting?: ExampleSetting) =>
  judge(scripts, setting).found.map(({ rule }) => rule)
const invoice = "revision = '3c9e51a7b204'\ndown_revision = None\n"
const due = (docstring: string) => ({
  a: invoice,
  b: `${docstring}\nrevision = '8b1f2c7d90aa'\ndown_revision = '3c9e51a7b204'\n`,
})

describe('stale-docstring', () => {
  test.each([
    ['no docstring', ''],
    ['no such line', '"""add due date"""'],
    ['the right line', '"""x\n\nRevision ID: 8b1f2c7d90aa\nRevises: 3c9e51a7b204\n"""'],
    ['indented', '"""x\n\n    Revises: 3c9e51a7b204\n"""'],
    ['words beside the id', '"""x\n\nRevises: 3c9e51a7b204 (the first one)\n"""'],
    ['a comment that looks like it', '# Revises: 000\n'],
    ['a word that ends like it', '"""x\n\nNever Revises: 000\n"""'],
  ])('is silent with %s', (_, docstring) => {
    expect(names(due(docstring))).toEqual([])
  })

  test.each([
    ['another parent', '"""x\n\nRevises: 000\n"""', '"""x\n\nRevises: 3c9e51a7b204\n"""'],
    ['nothing', '"""x\n\nRevises:\n"""', '"""x\n\nRevises: 3c9e51a7b204\n"""'],
    ['nothing and a space', '"""x\n\nRevises: \n"""', '"""x\n\nRevises: 3c9e51a7b204\n"""'],
    ['an abbreviation', '"""x\n\nRevises: 3c9e51\n"""', '"""x\n\nRevises: 3c9e51a7b204\n"""'],
    ['another id', '"""x\n\nRevision ID: 000\n"""', '"""x\n\nRevision ID: 8b1f2c7d90aa\n"""'],
    ['in the last line', "'''Revises: 000'''", "'''Revises: 3c9e51a7b204'''"],
    ['behind letters of several bytes', '"""größe\n\nRevises: 000\n"""', '"""größe\n\nRevises: 3c9e51a7b204\n"""'],
  ])('corrects %s', (_, docstring, corrected) => {
    const { files, found } = judge(due(docstring))
    expect(found.map(({ rule, fix }) => [rule, fix?.applicability])).toEqual([['stale-docstring', 'safe']])
    expect(applyEdits(files, found.flatMap(editsOf))).toEqual(judge(due(corrected)).files)
  })

  test('does not edit what is not written as it reads', () => {
    for (const docstring of ['"x\\n\\nRevises: \\x30\\n"', '"""x\n\nRevises: \\x30\n"""']) {
      const { found } = judge(due(docstring))
      expect(found.map(({ rule, fix }) => [rule, fix])).toEqual([['stale-docstring', null]])
    }
  })

  test('a base revises nothing', () => {
    const base = (says: string) => ({ a: `"""x\n\nRevises: ${says}\n"""\n${invoice}` })
    for (const says of ['', 'None', '<base>']) expect(names(base(says))).toEqual([])
    expect(names(base('77aa01bb23cc'))).toEqual(['stale-docstring'])
  })
})

describe('undescriptive-merge-message', () => {
  const merge = (message: string) => ({
    a: invoice,
    b: "revision = '8b1f2c7d90aa'\ndown_revision = '3c9e51a7b204'\n",
    c: "revision = 'f04d6e2b713c'\ndown_revision = '3c9e51a7b204'\n",
    m: `"""${message}\n"""\nrevision = 'd15ea5e0c0de'\ndown_revision = ('8b1f2c7d90aa', 'f04d6e2b713c')\n`,
  })

  test.each([
    'merge',
    'Merge heads',
    'merge multiple heads',
    'merge 8b1f2c7d90aa and f04d6e2b713c',
    'merge 8b1f2c and f04d6e',
    'empty message',
    '',
    'fix migration conflict',
    'Merging branches',
  ])('"%s" says nothing', (message) => {
    expect(names(merge(message))).toEqual(['undescriptive-merge-message'])
  })

  test.each([
    'merge upstream v1.3 migrations with custom user features',
    'Merge heads after the refunds release',
    'merge due date and refunds',
  ])('"%s" says something', (message) => {
    expect(names(merge(message))).toEqual([])
  })
})

describe('misspelt-identifier', () => {
  const both = (name: string, value: string) => ({
    a: invoice,
    b: `revision = '8b1f2c7d90aa'\ndown_revision = '3c9e51a7b204'\n${name} = ${value}\n`,
  })

  test.each(['depend_on', 'dependson', 'depends_ons', 'dependencies', 'branch_label', 'branchlabels'])(
    '%s is a slip',
    (name) => {
      expect(names(both(name, "'3c9e51a7b204'"))).toEqual(['misspelt-identifier'])
    },
  )

  test.each([
    ['down_revisions', "'3c9e51a7b204'"],
    ['revisions', "('a', 'b')"],
    ['version', "'1'"],
    ['depend_on', 'None'],
    ['branch_label', '1'],
    ['label', "'invoice'"],
  ])('%s = %s beside the right one is nobody’s business', (name, value) => {
    expect(names(both(name, value))).toEqual([])
  })

  test('what may be published keeps its parents', () => {
    const scripts = {
      a: invoice,
      b: "revision = '8b1f2c7d90aa'\ndown_revision = None\ndown_revisions = ('3c9e51a7b204',)\n",
    }
    expect(judge(scripts).found[0]!.fix).toBeNull()
    expect(judge(scripts, { published: ['8b1f2c7d90aa'] }).found[0]!.fix).toBeNull()
  })

  test('the empty right one takes the value, and the wrong line goes', () => {
    const { files, found } = judge(
      {
        a: invoice,
        b: "revision = '8b1f2c7d90aa'\ndown_revision = None\ndown_revisions = ('3c9e51a7b204',)\n",
      },
      { published: [] },
    )
    const fixed = applyEdits(files, editsOf(found[0]!))
    expect(new TextDecoder().decode(fixed.get('migrations/versions/b.py'))).toBe(
      "revision = '8b1f2c7d90aa'\ndown_revision = ('3c9e51a7b204',)\n",
    )
  })
})

describe('placeholder-revision-id', () => {
  const named = (id: string) => names({ a: `revision = '${id}'\ndown_revision = None\n` })

  test.each([
    'unique_id',
    'UNIQUE_ID',
    'previous_revision_id',
    '<revision>',
    '$'.concat('{up_revision}'),
    '{{ revision }}',
    'xxxx',
    'TODO',
  ])('%s is one', (id) => {
    expect(named(id)).toEqual(['placeholder-revision-id'])
  })

  test.each(['a1b2c3d4e5f6', '001', '123456789abc', 'initial', 'base_schema', 'x', 'abc123def456'])(
    '%s is an id',
    (id) => {
      expect(named(id)).toEqual([])
    },
  )
})

describe('revision-id-too-long', () => {
  const named = (id: string, dialects: readonly string[] = []) =>
    names({ a: `revision = '${id}'\ndown_revision = None\n` }, { dialects })

  test('counts characters, not bytes or UTF-16', () => {
    expect(named('ab'.repeat(16))).toEqual([])
    expect(named('abc'.repeat(11))).toEqual(['revision-id-too-long'])
    expect(named('\u{1d4d0}'.repeat(32))).toEqual([])
  })

  test('one dialect with a limit is enough', () => {
    expect(named('abc'.repeat(11), ['sqlite', 'postgresql'])).toEqual(['revision-id-too-long'])
    expect(named('abc'.repeat(11), ['sqlite'])).toEqual([])
  })
})
