/**
 * Compares what was printed with what the demo says about its apps. Returns one sentence per surprise; none = all is as told.
 * @param {{ apps: readonly any[], nx: { code: number, output: string }, check: { code: number, output: string }, json: string }} seen
 */
export function findSurprises({ apps, nx, check, json }) {
  const surprises = []
  if (nx.code !== 1) surprises.push(`Nx ended with ${nx.code}, not with 1`)
  if (check.code !== 1) surprises.push(`onehead check ended with ${check.code}, not with 1`)
  for (const rule of apps.flatMap((app) => app.expected)) {
    if (!nx.output.includes(rule)) surprises.push(`Nx did not show ${rule}`)
    if (!check.output.includes(rule)) surprises.push(`onehead check did not show ${rule}`)
  }
  return [...surprises, ...surprisesInReport(apps, json)]
}

function surprisesInReport(apps, json) {
  let report
  try {
    report = JSON.parse(json)
  } catch {
    return ['onehead check --format json did not print JSON']
  }
  return apps.flatMap((app) => {
    const environment = report.environments.find(({ config }) => config.startsWith(`${app.path}/`))
    if (environment === undefined) return [`${app.path} was not found`]
    const rules = report.diagnostics
      .filter((diagnostic) => diagnostic.environment === environment.name && diagnostic.severity === 'error')
      .map((diagnostic) => diagnostic.rule)
    const found = [...new Set(rules)].sort().join(', ')
    const expected = [...app.expected].sort().join(', ')
    return found === expected ? [] : [`${app.path}: expected ${expected || 'no error'}, found ${found || 'none'}`]
  })
}
