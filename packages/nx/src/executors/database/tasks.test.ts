import type { ExecutorContext } from '@nx/devkit'
import type { EnvironmentStatus } from '@onehead/core'
import { describe, expect, it } from 'vitest'
import { taskInstead, typedAgain } from './tasks.js'

const status = (name: string, section = 'alembic'): EnvironmentStatus =>
  ({ name, config: `${name.split('#')[0]}/alembic.ini`, environment: { section } }) as EnvironmentStatus
const billing = status('services/billing')
const reports = status('services/billing#reports', 'reports')

function context(
  targets: Readonly<Record<string, string>>,
  environments = ['services/billing/alembic.ini#alembic'],
): ExecutorContext {
  const made = Object.entries(targets).map(([name, executor]) => [
    name,
    { executor: `@onehead/nx:${executor}`, options: { environments } },
  ])
  const projects = { billing: { root: 'services/billing', targets: Object.fromEntries(made) } }
  return { projectName: 'billing', projectsConfigurations: { version: 2, projects } } as unknown as ExecutorContext
}

describe('instead of a command of ours', () => {
  it('the task of the project is named, whatever it is called', () => {
    const instead = taskInstead(context({ 'db-up': 'upgrade', 'migrate-fix': 'fix' }), [billing])
    expect(instead('onehead upgrade services/billing')).toBe('npx nx run billing:db-up')
    expect(instead("onehead upgrade services/billing --to a1 -x 'tenant=b c' -x y=1")).toBe(
      "npx nx run billing:db-up --to=a1 --x='tenant=b c' --x=y=1",
    )
    expect(instead("onehead upgrade services/billing -x 'note=b -x c'")).toBe(
      "npx nx run billing:db-up --x='note=b -x c'",
    )
    expect(instead('onehead fix services/billing')).toBe('npx nx run billing:migrate-fix')
  })

  it('one of several environments is named too', () => {
    const both = ['services/billing/alembic.ini#alembic', 'services/billing/alembic.ini#reports']
    const instead = taskInstead(context({ 'migrate-upgrade': 'upgrade' }, both), [billing, reports])
    expect(instead("onehead upgrade 'services/billing#reports'")).toBe(
      "npx nx run billing:migrate-upgrade --environments='services/billing/alembic.ini#reports'",
    )
  })

  it('nothing is named where the project has no such task, or it is about something else', () => {
    const instead = taskInstead(context({ 'migrate-upgrade': 'upgrade' }), [billing])
    expect(instead('onehead downgrade services/billing --to a1')).toBeNull()
    expect(instead('onehead upgrade users')).toBeNull()
    expect(instead('cd services/billing && alembic stamp a1')).toBeNull()
  })
})

describe('a task to be typed again', () => {
  const target = { options: { environments: ['a.ini'], to: 'base', dryRun: true } }
  const typed = (options: Parameters<typeof typedAgain>[1], more = {}) =>
    typedAgain('npx nx run billing:down', options, { target: { ...target, ...more } } as ExecutorContext)

  it('has what was typed behind it, and nothing that is configured', () => {
    const options = { environments: ['a.ini'], to: 'a b', x: ['t=1', 't=2'], dryRun: true, backup: false }
    expect(typed(options, { options: { environments: ['a.ini'] } })).toBe(
      "npx nx run billing:down --x=t=1 --x=t=2 --to='a b' --no-backup",
    )
  })

  it('runs also where a dry run is configured', () => {
    expect(typed({ environments: ['a.ini'], to: 'base', dryRun: true })).toBe('npx nx run billing:down --dryRun=false')
  })
})
