import { expect, it } from 'vitest'
import { memorySnapshot } from '../snapshot/memory.js'
import { findCommandFiles } from './command-files.js'

it('looks where people keep commands, and nowhere else', async () => {
  const wanted = [
    '.github/workflows/ci.yml',
    'Dockerfile',
    'Dockerfile.worker',
    'Makefile',
    'docker/entrypoint.sh',
    'package.json',
    'services/billing/docker-compose.override.yaml',
    'services/billing/scripts/release.sh',
    'services/web.Dockerfile',
  ]
  const others = [
    'README.md',
    'docs/howto.sh',
    'node_modules/scripts/x.sh',
    'services/billing/migrations/versions/1.sh',
    'services/other/start.sh',
    'src/run.py',
  ]
  const said = Object.fromEntries([...wanted, ...others].map((path) => [path, 'alembic upgrade heads\n']))
  const snapshot = memorySnapshot({ ...said, 'start.sh': 'alembic upgrade head\n' })
  const found = await findCommandFiles(snapshot, ['services/billing/alembic.ini'], 'heads')
  expect(found.map(({ path }) => path).sort()).toEqual(wanted)
  expect(new TextDecoder().decode(found[0]!.content)).toBe('alembic upgrade heads\n')
})

it('takes a folder that is no folder, and a file that may not be read, for nothing', async () => {
  expect(await findCommandFiles(memorySnapshot({ services: '' }), ['services/billing/alembic.ini'], 'heads')).toEqual(
    [],
  )
})
