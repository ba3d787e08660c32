import { expect, test } from 'vitest'
import { bytes, runExample } from '../../../../test/support/rule-examples.js'

const found = (path: string, text: string, expectedHeads: number | readonly string[] = 1) =>
  runExample({ files: new Map([[path, bytes(text)]]), setting: { expectedHeads } })
    .filter(({ rule }) => rule === 'upgrade-heads-in-scripts')
    .map(({ labels: [label] }) => {
      const { start, end } = label!.range
      return `${start.line}: ${new TextDecoder().decode(bytes(text).subarray(start.offset, end.offset))}`
    })

test.each([
  ['a shell script', 'start.sh', 'alembic -c billing/alembic.ini upgrade heads\n', '1: heads'],
  ['another way to Python', 'Makefile', 'migrate:\n\tpoetry run python -m alembic upgrade heads\n', '2: heads'],
  [
    'an npm script',
    'package.json',
    '{ "scripts": { "migrate": "alembic upgrade heads && node seed.js" } }',
    '1: heads',
  ],
  ['words of a list', 'docker-compose.yml', 'command: ["flask", "db", "upgrade", "heads"]\n', '1: heads'],
  ['a line that goes on', 'start.sh', 'flask --app shop \\\n  db \\\n  upgrade heads\n', '3: heads'],
  ['behind letters of several bytes', 'start.sh', "echo 'größe'; alembic upgrade heads\n", '1: heads'],
  ['lines of Windows', 'start.cmd', 'echo on\r\nalembic upgrade heads\r\n', '2: heads'],
])('finds it in %s', (_, path, text, place) => {
  expect(found(path, text)).toEqual([place])
})

test.each([
  ['one head', 'start.sh', 'alembic upgrade head\n'],
  ['the heads of one branch', 'start.sh', 'alembic upgrade billing@heads\n'],
  ['a word that begins like it', 'start.sh', 'alembic upgrade heads-of-billing\n'],
  ['another tool', 'start.sh', 'brew upgrade heads\n'],
  ['our own', 'start.sh', 'onehead upgrade heads\n'],
  ['a comment', 'start.sh', '# alembic upgrade heads\n'],
  ['another line', 'start.sh', 'alembic current\nsomething upgrade heads\n'],
  ['a file that no machine runs', 'README.md', 'alembic upgrade heads\n'],
])('is silent about %s', (_, path, text) => {
  expect(found(path, text)).toEqual([])
})

test('several heads may be right', () => {
  expect(found('start.sh', 'alembic upgrade heads\n', 2)).toEqual([])
  expect(found('start.sh', 'alembic upgrade heads\n', ['billing', 'users'])).toEqual([])
})
