import { expect, it } from 'vitest'
import { formatDiagnosis } from './describe.js'
import type { Diagnosis, HookVerdict } from './diagnose.js'

const hook = (name: HookVerdict['name'], more: Partial<HookVerdict> = {}): HookVerdict => ({
  name,
  status: 'would not run',
  path: `.husky/${name}`,
  reason: 'husky is not prepared',
  cure: 'npm install',
  ...more,
})

it('the same trouble and its cure are said once', () => {
  const diagnosis: Diagnosis = {
    manager: 'husky',
    hooks: [
      hook('pre-push'),
      hook('post-merge'),
      hook('post-rewrite', { reason: 'it is not executable', cure: 'chmod +x .husky/post-rewrite' }),
      hook('post-checkout', { status: 'not installed', reason: null, cure: 'onehead init' }),
    ],
    target: 'origin/main',
    findings: [],
    healthy: false,
  }
  expect(`\n${formatDiagnosis(diagnosis, { color: false, unicode: true })}`).toMatchInlineSnapshot(`
    "
    hooks (husky)
      ✖ pre-push       would not run: husky is not prepared
                       cure: npm install
      ✖ post-merge     would not run, as above
      ✖ post-rewrite   would not run: it is not executable
                       cure: chmod +x .husky/post-rewrite
      · post-checkout  not installed
    work lands on origin/main
    "
  `)
})
