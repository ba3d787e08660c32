import { describe, expect, test } from 'vitest'
import { bytes, compact, type ExampleSetting, runExample } from '../../../../test/support/rule-examples.js'

function judge(scripts: Record<string, string>, setting: ExampleSetting = {}) {
  const files = new Map(Object.entries(scripts).map(([name, text]) => [`migrations/versions/${name}.py`, bytes(text)]))
  return runExample({ files, setting })
}

const script = (revision: string, parent: string) => `revision = '${revision}'\ndown_revision = ${parent}\n`
const invoice = script('3c9e51a7b204', 'None')

/** Rule, applicability and replacement of the only finding. */
function remedy(scripts: Record<string, string>, setting?: ExampleSetting) {
  const [first, ...others] = judge(scripts, setting)
  expect(others).toEqual([])
  return [first!.rule, first!.fix?.applicability ?? null, first!.fix?.edits.map(({ text }) => text) ?? []]
}

describe('what was meant', () => {
  const safe = ['missing-down-revision', 'safe', ["'3c9e51a7b204'"]]
  test.each([
    ['a file name', { '3c9e51a7b204_invoice': invoice, due: script('8b1f2c7d90aa', "'3c9e51a7b204_invoice'") }, safe],
    ['a file name with .py', { invoice, due: script('8b1f2c7d90aa', "'invoice.py'") }, safe],
    ['a file name that was renamed since', { invoice, due: script('8b1f2c7d90aa', "'3c9e51a7b204_old_name'") }, safe],
    ['capitals', { invoice, due: script('8b1f2c7d90aa', "'3C9E51A7B204'") }, safe],
    ['a space', { invoice, due: script('8b1f2c7d90aa', "'3c9e51a7b204 '") }, safe],
    ['an abbreviation', { invoice, due: script('8b1f2c7d90aa', "'3c9e5'") }, safe],
    [
      'one wrong character',
      { invoice, due: script('8b1f2c7d90aa', "'3c9e51a7b20e'") },
      ['missing-down-revision', 'ask', ["'3c9e51a7b204'"]],
    ],
    ['None in quotes', { invoice, due: script('8b1f2c7d90aa', "'None'") }, ['missing-down-revision', 'ask', ['None']]],
    ['nothing in quotes', { invoice, due: script('8b1f2c7d90aa', "''") }, ['missing-down-revision', 'ask', ['None']]],
  ])('%s', (_, scripts, expected) => {
    expect(remedy(scripts)).toEqual(expected)
  })

  test('an abbreviation that fits two is not completed', () => {
    const found = judge({
      a: script('3c9e51a7b204', 'None'),
      b: script('3c9e99999999', "'3c9e51a7b204'"),
      c: script('8b1f2c7d90aa', "'3c9e'"),
    })
    expect(found[0]!.help).toBe('write one of the whole ids: "3c9e51a7b204" and "3c9e99999999"')
    expect(found[0]!.fix).toBeNull()
  })

  test('a correction never makes a script its own ancestor', () => {
    const found = judge({
      a: invoice,
      b: script('8b1f2c7d90aa', "'due'"),
      due: script('f04d6e2b713c', "'8b1f2c7d90aa'"),
    })
    expect([found[0]!.rule, found[0]!.fix]).toEqual(['missing-down-revision', null])
  })

  test('numbers that follow each other are not near', () => {
    for (const [first, second, third] of [
      ['20240101', '20240102', '20240103'],
      ['ab01', 'ab02', 'ab03'],
    ]) {
      const found = judge({ a: script(first!, 'None'), b: script(third!, `'${second}'`) })
      expect(found[0]!.labels[0]!.text).toBe('no script here declares it')
    }
  })

  test('one finding for a parent that several scripts miss, with a place for each', () => {
    const found = judge({
      a: invoice,
      b: script('8b1f2c7d90aa', "'77aa01bb23cc'"),
      c: script('f04d6e2b713c', "'77aa01bb23cc'"),
    })
    expect(compact(found)).toBe(
      'error missing-down-revision: no script declares revision "77aa01bb23cc"\n' +
        '  migrations/versions/b.py:2:17 no script here declares it\n' +
        '  migrations/versions/c.py:2:17 no script here declares it',
    )
  })

  test('in a merge only the wrong parent is corrected', () => {
    const scripts = {
      a: invoice,
      b: script('8b1f2c7d90aa', "'3c9e51a7b204'"),
      c: script('f04d6e2b713c', "'3c9e51a7b204'"),
      m: `"""merge due date and refunds"""\n${script('d15ea5e0c0de', '("8b1f2c7d90aa", "f04d6e")')}`,
    }
    expect(remedy(scripts)).toEqual(['missing-down-revision', 'safe', ['"f04d6e2b713c"']])
  })
})

describe('where the parent may be', () => {
  test('the history of a plugin proposes externalRevisions', () => {
    const [found] = judge({ a: script('8b1f2c7d90aa', "'dbdbc1b19cf2'"), b: script('f04d6e2b713c', "'8b1f2c7d90aa'") })
    expect(found!.help).toBe('list "dbdbc1b19cf2" under `externalRevisions` of "migrations" in onehead.json')
    expect(found!.fix).toBeNull()
  })

  test('a file that was lost is looked for in git', () => {
    const [found] = judge({ a: invoice, b: script('8b1f2c7d90aa', "'dbdbc1b19cf2'") })
    expect(found!.fix?.command).toBe('git log --all --oneline -Sdbdbc1b19cf2 -- migrations/versions')
  })

  test('hostile ids stay one word of the command', () => {
    const [found] = judge({ a: invoice, b: script('8b1f2c7d90aa', '"$(rm -rf ~)\'; true"') })
    expect(found!.fix?.command).toBe(`git log --all --oneline -S'$(rm -rf ~)'\\''; true' -- migrations/versions`)
  })
})
