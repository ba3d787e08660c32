/**
 * The last lines of a test run: why tests were skipped, then the one line that counts.
 * @param {{ steps: boolean[], count: { passed: number, failed: number, skipped: { name: string, count: number }[] }, isCI: boolean }} run
 * @returns {{ failed: number, lines: string[] }} In CI every skipped test is in `failed`: what could not run there was not proven.
 */
export function summarize({ steps, count, isCI }) {
  const skipped = count.skipped.reduce((sum, each) => sum + each.count, 0)
  const passed = count.passed + steps.filter((ok) => ok).length
  const failed = count.failed + steps.filter((ok) => !ok).length + (isCI ? skipped : 0)
  const lines = []
  if (skipped > 0) lines.push(isCI ? 'skipped, which is a failure in CI:' : 'skipped:')
  for (const each of count.skipped) lines.push(`  ${each.count} × ${each.name}`)
  const tail = skipped > 0 && !isCI ? `, ${skipped} skipped` : ''
  return { failed, lines: [...lines, `${passed} passed, ${failed} failed${tail}`] }
}
