import type { ProjectGraph } from '@nx/devkit'
import { expect, it } from 'vitest'
import { environmentsOf } from './environments.js'

const check = (...environments: readonly string[]) => ({ executor: '@onehead/nx:check', options: { environments } })

const graph = {
  nodes: {
    users: {
      data: {
        targets: {
          'migrate-check': check('users/alembic.ini#alembic', 'users/alembic.ini#tenant'),
          'migrate-check:tenant': check('users/alembic.ini#tenant'),
          build: { executor: 'nx:noop' },
        },
      },
    },
    web: { data: { targets: { build: { executor: 'nx:noop' } } } },
  },
} as unknown as ProjectGraph

it('are those that the project is checked with, each once', () => {
  expect(environmentsOf(graph, 'users')).toEqual(['users/alembic.ini#alembic', 'users/alembic.ini#tenant'])
})

it('are refused where there are none', () => {
  expect(() => environmentsOf(graph, 'web')).toThrow('web has no Alembic environment')
  expect(() => environmentsOf(graph, 'wbe')).toThrow('there is no project called "wbe"')
})
