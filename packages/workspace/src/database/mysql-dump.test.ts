import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDump } from './mysql-dump.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onehead-dump-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const read = (...lines: readonly string[]) => {
  const path = join(folder, 'shop.sql')
  writeFileSync(path, lines.join('\n'))
  return readDump(path)
}

const START = '-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB'
const TABLE = 'CREATE TABLE `invoice` ('
const END = '-- Dump completed on 2026-01-05 10:00:00'

describe('a dump of MySQL', () => {
  it('tells its tables, its beginning and its end, also over rows that are longer than what is read at a time', async () => {
    const row = `INSERT INTO \`invoice\` VALUES ('${'x'.repeat(300_000)}CREATE TABLE \`no\`');`
    const whole = { tables: 2, isDump: true, isWhole: true, leads: null }
    expect(await read('/*!999999\\- enable the sandbox mode */ ', START, TABLE, row, TABLE, row, END, '')).toEqual(
      whole,
    )
    expect(await read(START, TABLE, row, TABLE, END)).toEqual(whole)
  })

  it('is none without its beginning, not whole without its end, and leads nowhere else', async () => {
    expect(await read('id,name', END)).toMatchObject({ isDump: false })
    expect(await read(START, TABLE)).toMatchObject({ isWhole: false })
    expect(await read(START, END, TABLE)).toMatchObject({ isWhole: false })
    expect(await read('')).toMatchObject({ isDump: false, isWhole: false })
    for (const line of ['USE `mysql`;', 'CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop`;', 'drop database shop;'])
      expect(await read(START, line, TABLE, END)).toMatchObject({ leads: line })
  })
})
