import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { aMove } from '../../../../test/support/repairs.js'
import { forgetMoves, type MovedRecord, readMoves, recordMoves } from './index.js'

let root: string
let path: string

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'onehead-moves-')))
  path = join(root, '.onehead/moves.json')
})

afterEach(() => rmSync(root, { recursive: true, force: true }))

const move = (repair: string, more: Partial<MovedRecord> = {}): MovedRecord => ({ ...aMove, repair, ...more })

describe('moved revisions', () => {
  it('are there until the repair that moved them is taken back', async () => {
    expect(readMoves(root)).toEqual({ moves: [], damage: null })
    await recordMoves(root, [move('one'), move('one', { revision: 'd41c77e0b6f3' })])
    await recordMoves(root, [move('two')])
    expect(readMoves(root).moves.map(({ repair, revision }) => `${repair} ${revision}`)).toEqual([
      'one 3c9e51a7b204',
      'one d41c77e0b6f3',
      'two 3c9e51a7b204',
    ])
    await forgetMoves(root, 'one')
    expect(readMoves(root)).toEqual({ moves: [move('two')], damage: null })
  })

  it('are recorded once, however often a crash makes it happen', async () => {
    await recordMoves(root, [move('one')])
    await recordMoves(root, [move('one')])
    expect(readMoves(root).moves).toHaveLength(1)
  })

  it('of several processes at once are all there', async () => {
    await Promise.all(['one', 'two', 'three', 'four'].map((repair) => recordMoves(root, [move(repair)])))
    expect(
      readMoves(root)
        .moves.map(({ repair }) => repair)
        .sort(),
    ).toEqual(['four', 'one', 'three', 'two'])
    expect(readdirSync(join(root, '.onehead')).sort()).toEqual(['.gitignore', 'moves.json'])
  })

  it.each(['', '{"version":1,', '[]', 'null', '{"version":1}'])(
    'a damaged file (%j) is told, never taken for "none", and kept when it is written anew',
    async (text) => {
      await recordMoves(root, [])
      writeFileSync(path, text)
      expect(readMoves(root)).toEqual({ moves: [], damage: `${path} cannot be read` })
      await recordMoves(root, [move('one')])
      expect(readMoves(root)).toEqual({ moves: [move('one')], damage: null })
      expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(text)
    },
  )

  it('keeps the entries that can be read', async () => {
    await recordMoves(root, [move('one'), move('two')])
    const content = JSON.parse(readFileSync(path, 'utf8'))
    content.moves[0].environment = 'billing'
    writeFileSync(path, JSON.stringify(content))
    expect(readMoves(root)).toEqual({ moves: [move('two')], damage: `1 of 2 entries of ${path} cannot be read` })
  })

  it('leaves the file of a later version alone', async () => {
    await recordMoves(root, [])
    const later = '{"version":2,"moves":{}}'
    writeFileSync(path, later)
    expect(readMoves(root).damage).not.toBeNull()
    await expect(recordMoves(root, [move('one')])).rejects.toMatchObject({ refusals: [{ kind: 'newer-record' }] })
    expect(readFileSync(path, 'utf8')).toBe(later)
  })
})
