import { describe, expect, test } from 'vitest'
import { readHistory } from '../../../../test/support/read-history.js'
import { bytes } from '../../../../test/support/rule-examples.js'
import { judgeHistory } from './judge.js'

function notesOf(...scripts: readonly (readonly [revision: string, parent: string | null])[]) {
  const files = new Map(
    scripts.map(([revision, parent], index) => [
      `migrations/versions/${index}.py`,
      bytes(`revision = '${revision}'\ndown_revision = ${parent === null ? 'None' : `'${parent}'`}\n# ${index}\n`),
    ]),
  )
  const { diagnostics } = judgeHistory(readHistory(files), {
    levels: (_rule, _environment, byDefault) => byDefault,
    isPublished: () => true,
    baseline: new Set(),
    scripts: 'new',
    source: (path) => files.get(path)!,
  })
  return diagnostics.filter(({ rule }) => rule === 'duplicate-revision').map(({ notes }) => notes.join('; '))
}

describe('a new script with the id', () => {
  const chain = [
    ['aaaa', null],
    ['bbbb', 'aaaa'],
    ['cccc', 'bbbb'],
  ] as const

  test('of its own ancestor says so', () => {
    expect(notesOf(...chain, ['aaaa', 'cccc'])).toEqual([
      expect.stringContaining('3.py reuses the id of its own ancestor'),
    ])
  })

  test('of its own ancestor through another duplicate says so too', () => {
    const [aaaa] = notesOf(...chain, ['dddd', null], ['bbbb', 'dddd'], ['aaaa', 'cccc'])
    expect(aaaa).toContain('5.py reuses the id of its own ancestor')
  })

  test('of a stranger does not', () => {
    expect(notesOf(...chain, ['bbbb', 'aaaa'])).toEqual([expect.not.stringContaining('ancestor')])
  })
})

test('a copied folder is told in one look at the history', () => {
  const chain = Array.from({ length: 2000 }, (_, i) => [`r${i}`, i === 0 ? null : `r${i - 1}`] as const)
  expect(notesOf(...chain, ...chain)).toHaveLength(2000)
})
