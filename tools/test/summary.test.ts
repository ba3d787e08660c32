import { expect, test } from 'vitest'
import { summarize } from './summary.mjs'

const skipped = [{ name: 'test/differential/heads.test.ts: heads as Alembic 1.8 says them (no Python 3)', count: 3 }]

test('steps and tests count alike, and the last line is plain', () => {
  const { failed, lines } = summarize({
    steps: [true, true, false],
    count: { passed: 40, failed: 1, skipped: [] },
    isCI: false,
  })
  expect(lines).toEqual(['42 passed, 2 failed'])
  expect(failed).toBe(2)
})

test('a laptop without Python passes, and reads what was not run and why', () => {
  const { failed, lines } = summarize({ steps: [true], count: { passed: 9, failed: 0, skipped }, isCI: false })
  expect(lines).toEqual(['skipped:', `  3 × ${skipped[0]?.name}`, '10 passed, 0 failed, 3 skipped'])
  expect(failed).toBe(0)
})

test('in CI a skipped test is a failed test', () => {
  const { failed, lines } = summarize({ steps: [true], count: { passed: 9, failed: 0, skipped }, isCI: true })
  expect(lines.at(-1)).toBe('10 passed, 3 failed')
  expect(lines[1]).toContain('no Python 3')
  expect(failed).toBe(3)
})
