import { describe, expect, it } from 'vitest'
import { shellCommand, typedShellCommand } from './shell-command.js'

describe('a command for a shell', () => {
  it.each([
    [shellCommand(['cp', '/a b/c', "it's"]), `cp '/a b/c' 'it'\\''s'`],
    [shellCommand(['mariadb', 'shop'], { input: '/tmp/a b.sql' }), `mariadb shop < '/tmp/a b.sql'`],
    [
      shellCommand(['psql'], { env: { PGSSLMODE: 'require', PGSERVICE: 'a b' } }),
      `PGSSLMODE=require PGSERVICE='a b' psql`,
    ],
  ])('%j is typed as it is meant', (command, text) => {
    expect(typedShellCommand(command)).toBe(text)
  })
})
