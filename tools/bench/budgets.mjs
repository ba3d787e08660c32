/**
 * The budgets of a check, in the order they are printed. README quotes these rows; `test/readme.test.ts` compares names,
 * limits and verdicts. `value` takes medians in milliseconds (bytes for memory) and returns null where something was not
 * measured. Numbers are rounded against us, so that the verdict is true of what is printed.
 */
export const budgets = [
  {
    name: 'check, against reading the same bytes in one `readFileSync` loop',
    limit: '≤ 3 ×',
    value: ({ checkToRead }) => checkToRead,
    holds: (ratio) => ratio <= 3,
    print: (ratio) => `${(Math.ceil(ratio * 10) / 10).toFixed(1)} ×`,
  },
  {
    name: '`alembic heads` in every app, against one check',
    limit: '≥ 50 ×',
    value: ({ check, alembic }) => (alembic === null ? null : alembic / check),
    holds: (ratio) => ratio >= 50,
    print: (ratio) => `${Math.floor(ratio)} ×`,
  },
  {
    name: 'peak memory of a check',
    limit: '≤ 300 MB',
    value: ({ memory }) => memory / 1e6,
    holds: (megabytes) => megabytes <= 300,
    print: (megabytes) => `${Math.ceil(megabytes)} MB`,
  },
]

/**
 * The table that the benchmark prints and README quotes.
 * @param {Record<string, number | null>} medians
 * @param {boolean} judged false prints no ✓ or ✗ (a smoke run is too small to judge)
 */
export function budgetTable(medians, judged) {
  const rows = budgets.map(({ name, limit, value, holds, print }) => {
    const measured = value(medians)
    if (measured === null) return { cells: [name, 'not measured', limit, '–'], ok: true }
    const ok = !judged || holds(measured)
    return { cells: [name, print(measured), limit, judged ? (ok ? '✓' : '✗') : '–'], ok }
  })
  const lines = [['what', 'measured', 'budget', ''], ['---', '---', '---', '---'], ...rows.map(({ cells }) => cells)]
  return { text: lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'), ok: rows.every(({ ok }) => ok) }
}
