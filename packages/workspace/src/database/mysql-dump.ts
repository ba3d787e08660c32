import { createReadStream } from 'node:fs'

/** What a look at every line of a dump tells. */
export interface DumpFacts {
  readonly tables: number
  /** It begins as `mysqldump` and `mariadb-dump` begin. */
  readonly isDump: boolean
  /** Its last line is there, which is written only after everything else. */
  readonly isWhole: boolean
  /** A statement that would lead to another database than the one that it is read into; or null. */
  readonly leads: string | null
}

/** So much of a line tells what it is; rows may be as long as they like. */
const TELLING_BYTES = 200

const LINE_FEED = 10

/** Reads a dump to its end without keeping it: line ends inside of values are written as `\n`. */
export async function readDump(path: string): Promise<DumpFacts> {
  const facts = { tables: 0, isDump: false, isWhole: false, leads: null as string | null }
  let lines = 0
  const look = (line: string) => {
    if (lines++ < 10 && /^-- (?:MariaDB|MySQL) dump /.test(line)) facts.isDump = true
    if (/^CREATE TABLE [`"]/.test(line)) facts.tables++
    if (/^-- Dump completed/.test(line)) facts.isWhole = true
    else if (line.trim() !== '') facts.isWhole = false
    if (/^(?:USE|CREATE DATABASE|DROP DATABASE)\b/i.test(line)) facts.leads ??= line.slice(0, 60).trim()
  }
  let begun = Buffer.alloc(0)
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, from)) {
      look(telling(begun, chunk.subarray(from, at)))
      begun = Buffer.alloc(0)
      from = at + 1
    }
    const rest = chunk.subarray(from, from + TELLING_BYTES)
    if (begun.length < TELLING_BYTES) begun = Buffer.concat([begun, rest])
  }
  look(telling(begun, Buffer.alloc(0)))
  return facts
}

function telling(begun: Buffer, more: Buffer): string {
  const line = begun.length === 0 ? more : Buffer.concat([begun, more.subarray(0, TELLING_BYTES)])
  return line.subarray(0, TELLING_BYTES).toString('utf8')
}
