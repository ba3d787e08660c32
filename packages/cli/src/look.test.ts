import { describe, expect, it } from 'vitest'
import { world } from '../../../test/support/world.js'
import { parseArguments } from './arguments.js'
import { chooseLook, lookOptions } from './look.js'

const look = (env: Record<string, string>, typed: string[] = [], isTerminal = true) =>
  chooseLook(parseArguments(typed, lookOptions), world({ env, isTerminal }))

describe('colour', () => {
  it.each([
    ['a terminal', {}, [], true, true],
    ['a pipe', {}, [], false, false],
    ['NO_COLOR', { NO_COLOR: '1' }, [], true, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, [], true, true],
    ['FORCE_COLOR in a pipe', { FORCE_COLOR: '1' }, [], false, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, [], true, false],
    ['FORCE_COLOR over NO_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, [], true, true],
    ['TERM=dumb', { TERM: 'dumb' }, [], true, false],
    ['--color never over FORCE_COLOR', { FORCE_COLOR: '1' }, ['--color', 'never'], true, false],
    ['--color always in a pipe', { NO_COLOR: '1' }, ['--color', 'always'], false, true],
  ])('%s', (_, env, typed, isTerminal, color) => {
    expect(look(env as Record<string, string>, typed, isTerminal).color).toBe(color)
  })
})

describe('Unicode', () => {
  it.each([
    ['no locale', {}, [], true],
    ['UTF-8', { LANG: 'de_DE.UTF-8' }, [], true],
    ['C.utf8', { LC_ALL: 'C.utf8' }, [], true],
    ['C', { LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, [], false],
    ['Latin-1', { LANG: 'de_DE.ISO-8859-1' }, [], false],
    ['TERM=dumb', { TERM: 'dumb' }, [], false],
    ['--ascii', { LANG: 'de_DE.UTF-8' }, ['--ascii'], false],
  ])('%s', (_, env, typed, unicode) => {
    expect(look(env as Record<string, string>, typed).unicode).toBe(unicode)
  })
})

describe('the rest', () => {
  it('is never wider than a hundred columns', () => {
    expect(chooseLook(null, world({ columns: 300 })).width).toBe(100)
    expect(chooseLook(null, world({ columns: 72 })).width).toBe(72)
    expect(chooseLook(null, world()).width).toBe(100)
  })
  it('names the program as it was called', () => {
    expect(look({ npm_command: 'exec' }).program).toBe('npx onehead')
    expect(look({ npm_command: 'run-script' }).program).toBe('onehead')
  })
  it.each([
    ['above', '/shop', {}, '/shop/node_modules/.bin/onehead', 'npx onehead'],
    ['above a folder of the workspace', '/shop/services/billing', {}, '/shop/node_modules/.bin/onehead', 'npx onehead'],
    ['in a package below', '/shop', {}, '/shop/front/node_modules/.bin/onehead', 'front/node_modules/.bin/onehead'],
    [
      'beside, in a hook',
      '/shop',
      { GIT_PREFIX: 'services/' },
      '/shop/front/node_modules/.bin/onehead',
      '../front/node_modules/.bin/onehead',
    ],
    [
      'in a package below with a space',
      '/shop',
      {},
      '/shop/my front/node_modules/.bin/onehead',
      "'my front/node_modules/.bin/onehead'",
    ],
    ['for the whole machine', '/shop', {}, '/usr/lib/node_modules/onehead/bin/onehead.js', 'onehead'],
    ['in a folder that begins alike', '/shop-two', {}, '/shop/node_modules/.bin/onehead', 'onehead'],
    ['without npm', '/shop', {}, '/usr/local/bin/onehead', 'onehead'],
  ])('names a program that works from here: installed %s', (_, cwd, env, script, program) => {
    expect(chooseLook(null, world({ cwd, env, script })).program).toBe(program)
  })
})
