import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { DatabaseApp, DatabaseWorld, Server } from './database-world.js'
import { pathWith, type Ran } from './git-world.js'

/** Runs `onehead` in the app's repository. */
export const onehead = (app: DatabaseApp, ...args: readonly string[]): Ran =>
  app.repository.onehead(args, { env: app.env })

/** The same, with what it prints as JSON; and the exit code. */
export function json(app: DatabaseApp, ...args: readonly string[]) {
  const { stdout, stderr, status } = onehead(app, ...args, '--format', 'json')
  try {
    return { ...JSON.parse(stdout), exitCode: status }
  } catch {
    throw new Error(`no JSON: ${stdout}${stderr}`)
  }
}

/** Runs a command that was printed, as a person would, at the top of the repository. */
export function type(app: DatabaseApp, world: DatabaseWorld, command: string): Ran {
  const bin = fileURLToPath(new URL('../../packages/cli/bin/onehead.js', import.meta.url))
  const typed = command.replace(/^onehead /, `'${process.execPath}' '${bin}' `)
  return world.git.run('sh', ['-c', typed], app.repository.root, { env: app.env })
}

/** What a person types to mean the database of an app. */
export const nameOf = ({ database }: DatabaseApp): string => database.name.split('/').at(-1)!

/** Files that are backups, the oldest first; absolute. */
export function backupFiles(world: DatabaseWorld): readonly string[] {
  const folder = join(world.git.folder, 'state/onehead/backups')
  if (!existsSync(folder)) return []
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = found.filter((entry) => entry.isFile() && /\.(dump|sql|sqlite)$/.test(entry.name))
  return files.map(({ parentPath, name }) => join(parentPath, name)).sort()
}

/** Puts shell scripts in front of real programs; `$REAL` is the real one. */
export function intercept(app: DatabaseApp, world: DatabaseWorld, programs: Readonly<Record<string, string>>): void {
  const folder = join(world.git.folder, 'programs')
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(programs)) {
    const real = world.git.run('sh', ['-c', `command -v ${name}`], '/').stdout.trim()
    writeFileSync(join(folder, name), `#!/bin/sh\nREAL='${real}'\n${text}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  app.env.PATH = pathWith(folder, app.env)
}

/** Somebody who is connected to the database until `leave`; `isThere` asks whether still. */
export interface Visitor {
  readonly child: ChildProcess
  ask(): Promise<string>
  leave(): Promise<void>
}

/** Opens a session of its own on the database, in a process of its own. */
export async function visit(world: DatabaseWorld, url: string): Promise<Visitor> {
  const script = `
import sys, sqlalchemy as sa
connection = sa.create_engine(sys.argv[1]).connect()
print(connection.execute(sa.text("SELECT 1")).scalar(), flush=True)
connection.commit()
for line in sys.stdin:
    print(connection.execute(sa.text("SELECT count(*) FROM invoice")).scalar(), flush=True)
    connection.commit()
`
  const child = spawn(world.python, ['-c', script, url], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
  const next = async () => String((await lines.next()).value)
  expect(await next()).toBe('1')
  return {
    child,
    ask() {
      const answer = next()
      child.stdin!.write('\n')
      return answer
    },
    leave: () =>
      new Promise((resolve) => {
        child.once('close', () => resolve())
        child.stdin!.end()
      }),
  }
}

/** Statements that fill an app's database with what is easily lost; it has a table `invoice` with a row 7. */
export const furniture: Record<Server, readonly string[]> = {
  sqlite: [
    'CREATE TABLE photo (id integer PRIMARY KEY, invoice_id integer REFERENCES invoice (id), name text, body blob)',
    ...rows("x'00ff0a'", 'hex(zeroblob(500000))'),
    'CREATE VIEW latest AS SELECT max(id) AS id FROM photo',
  ],
  postgresql: [
    "CREATE TYPE colour AS ENUM ('red', 'grün')",
    "CREATE TABLE photo (id integer PRIMARY KEY, invoice_id integer REFERENCES invoice (id), name text, body bytea, tone colour DEFAULT 'grün')",
    ...rows("'\\x00ff0a'", "repeat('x', 1000000)"),
    'CREATE VIEW latest AS SELECT max(id) AS id FROM photo',
    'CREATE SEQUENCE numbers START 41',
    "SELECT nextval('numbers')",
  ],
  mariadb: [
    "CREATE TABLE photo (id integer PRIMARY KEY, invoice_id integer REFERENCES invoice (id), name longtext, body blob, tone enum ('red', 'grün') DEFAULT 'grün')",
    ...rows("x'00ff0a'", "repeat('x', 1000000)"),
    'CREATE VIEW latest AS SELECT max(id) AS id FROM photo',
    'CREATE TRIGGER guard BEFORE DELETE ON photo FOR EACH ROW SET @gone = 1',
    'CREATE PROCEDURE greet() SELECT 1',
  ],
}

function rows(binary: string, large: string): readonly string[] {
  const into = 'INSERT INTO photo (id, invoice_id, name, body) VALUES'
  return [`${into} (1, 7, 'Zoë 😀 '' "', ${binary})`, `${into} (2, NULL, NULL, NULL)`, `${into} (3, 7, ${large}, NULL)`]
}

/** Everything about those rows that must be the same again. */
export function furnished(sql: (statement: string) => readonly (readonly unknown[])[], server: Server) {
  const length = server === 'sqlite' ? 'length' : 'char_length'
  return {
    photos: sql(`SELECT id, invoice_id, ${length}(name), body FROM photo ORDER BY id`),
    name: sql('SELECT name FROM photo WHERE id = 1'),
    tones: server === 'sqlite' ? [] : sql('SELECT DISTINCT tone FROM photo'),
    latest: sql('SELECT id FROM latest'),
    ...(server === 'postgresql' ? { next: sql('SELECT last_value FROM numbers') } : {}),
    ...(server === 'mariadb' ? { triggers: sql('SHOW TRIGGERS').length } : {}),
  }
}
