import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createPage } from './page.js'

/** The root is /shop. */
const commandFrom = (cwd: string, command: string) =>
  createPage({ showPath: (path) => posix.relative(cwd, posix.resolve('/shop', path)) || '.' }).command(command)

describe('a command is shown as it must be typed', () => {
  it.each([
    ['/shop', 'alembic merge a b', 'alembic merge a b'],
    ['/shop', 'cd services/billing && alembic merge a b', 'cd services/billing && alembic merge a b'],
    ['/shop/services/billing', 'cd services/billing && alembic merge a b', 'alembic merge a b'],
    ['/shop/services', 'cd services/billing && alembic merge a b', 'cd billing && alembic merge a b'],
    ['/shop/services', 'git mv services/a.py services/b.py', 'cd .. && git mv services/a.py services/b.py'],
    ['/shop/services', 'onehead rebase', 'onehead rebase'],
    ["/it's", 'alembic merge a b', 'cd ../shop && alembic merge a b'],
  ])('%s: %s', (cwd, command, typed) => {
    expect(commandFrom(cwd, command)).toBe(typed)
  })

  it('by those who run it through npx', () => {
    expect(createPage({ program: 'npx onehead' }).command('onehead explain second-base')).toBe(
      'npx onehead explain second-base',
    )
    expect(createPage({ program: 'npx onehead' }).command('oneheaded')).toBe('oneheaded')
  })

  it('with what each of several has to repeat, and what is quoted left alone', () => {
    const page = createPage({ program: 'npx onehead', repeated: '-c db.ini' })
    const quoted = "-x 'it'\\''s && onehead y'"
    expect(page.command(`onehead downgrade a ${quoted} && onehead upgrade a ${quoted}`)).toBe(
      `npx onehead downgrade a ${quoted} -c db.ini && npx onehead upgrade a ${quoted} -c db.ini`,
    )
  })

  it('with a folder quoted where a shell needs it', () => {
    expect(createPage({ showPath: (path) => `../it's here/${path}` }).command('cd db && alembic heads')).toBe(
      "cd '../it'\\''s here/db' && alembic heads",
    )
  })
})
