/** A ratio, rounded against us, so that the verdict is true of what is printed. */
const times = (ratio) => `${(Math.ceil(ratio * 10) / 10).toFixed(1)} ×`

/** A push against `node -e 0`, and the same as git runs it through husky, which nobody has promised anything about. */
function push(what, key, most) {
  const value = (medians) => medians[key]
  return [
    {
      name: `pre-push, ${what}, against \`node -e 0\``,
      limit: `≤ ${most} ×`,
      value,
      holds: (ratio) => ratio <= most,
      print: times,
    },
    {
      name: '… the same through husky',
      limit: '–',
      value: (medians) => medians[`${key} through husky`],
      holds: null,
      print: times,
    },
  ]
}

/**
 * The budgets, in the order they are printed. README quotes these rows; `test/readme.test.ts` compares names, limits and
 * verdicts. `value` takes medians (milliseconds, ratios, bytes) and returns null where something was not measured; `holds`
 * is null where nothing was promised.
 */
export const budgets = [
  {
    name: 'check, nothing cached, against reading the same bytes in one `readFileSync` loop',
    limit: '≤ 3 ×',
    value: ({ checkToRead }) => checkToRead,
    holds: (ratio) => ratio <= 3,
    print: times,
  },
  {
    name: '`alembic heads` in every app, against one such check',
    limit: '≥ 50 ×',
    value: ({ check, alembic }) => (alembic === null ? null : alembic / check),
    holds: (ratio) => ratio >= 50,
    print: (ratio) => `${Math.floor(ratio)} ×`,
  },
  {
    name: 'peak memory of such a check',
    limit: '≤ 300 MB',
    value: ({ memory }) => memory / 1e6,
    holds: (megabytes) => megabytes <= 300,
    print: (megabytes) => `${Math.ceil(megabytes)} MB`,
  },
  {
    name: 'check again, above starting Node',
    limit: '≤ 0.5 s',
    value: ({ warmAboveNode }) => warmAboveNode / 1000,
    holds: (seconds) => seconds <= 0.5,
    print: (seconds) => `${(Math.ceil(seconds * 100) / 100).toFixed(2)} s`,
  },
  {
    name: 'lint of 500 new scripts, all rules, against the Python parser `py-ast` alone on the same texts, once V8 has compiled both',
    limit: '≤ 1.5 ×',
    value: ({ lint }) => lint,
    holds: (ratio) => ratio <= 1.5,
    print: times,
  },
  {
    name: '… the same, first time in a process',
    limit: '–',
    value: ({ firstLint }) => firstLint,
    holds: null,
    print: times,
  },
  ...push('no revision', 'notes', 1.6),
  ...push('50 ordinary `.py` files', 'modules', 1.6),
  ...push('3 new revisions in 2 apps', 'revisions', 3),
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
    if (!judged || holds === null) return { cells: [name, print(measured), limit, '–'], ok: true }
    const ok = holds(measured)
    return { cells: [name, print(measured), limit, ok ? '✓' : '✗'], ok }
  })
  const lines = [['what', 'measured', 'budget', ''], ['---', '---', '---', '---'], ...rows.map(({ cells }) => cells)]
  return { text: lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'), ok: rows.every(({ ok }) => ok) }
}
