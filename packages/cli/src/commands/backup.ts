import { resolve } from 'node:path'
import type { BackupProgress } from '@onehead/workspace'
import { type Call, type Command, formatOption } from '../command.js'
import { moveLook } from '../next-command.js'
import { findPlace, placeOptions } from '../place.js'
import { createProgress } from '../progress.js'
import type { Outcome } from '../world.js'

export const backup: Command = {
  takes: '[environment…]',
  options: [
    { name: 'list', says: 'list the backups that there are, and ask no database' },
    { name: 'to', value: 'FOLDER', says: 'put them there, or list those that are there; outside of the workspace' },
    { name: 'x', short: 'x', value: 'NAME=VALUE', repeatable: true, says: 'for env.py, like `alembic -x`' },
    formatOption('text', 'json'),
    ...placeOptions,
  ],
  about: `Backs up the databases of every environment, or of those named, as upgrade does before it runs: with SQLite's online backup,
pg_dump, mariadb-dump or mysqldump, or the command that onehead.json names. Reads each backup back, keeps it private and outside
of the workspace, and lets the last five of each database stay. Changes nothing in any database. Says where each backup lies, where
the database stood, and which command restores it.`,
  examples: ['onehead backup billing', 'onehead backup billing --list', 'onehead backup --to /mnt/backups'],
  async run(call) {
    const { given, world } = call
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const { showPath, ...place } = findPlace(given, given.positionals, world, workspace.findRoot)
    const typed = given.value('to')
    const to = typed === null ? null : resolve(world.cwd, given.value('cwd') ?? '.', typed)
    const isJson = given.value('format') === 'json'
    const page = moveLook(call, showPath, core)
    if (given.has('list')) {
      const listed = await workspace.listDatabaseBackups({ ...place, to, x: given.values('x'), shell: world.env })
      return { exitCode: 0, stdout: isJson ? core.formatBackupListJson(listed) : core.formatBackupList(listed, page) }
    }
    const told = watch(call, core.visible)
    const options = { ...place, to, x: given.values('x'), shell: world.env, now: Date.now, onProgress: told.onProgress }
    const { environments, stopped } = await workspace.backupDatabases(options).finally(told.end)
    const exitCode = stopped === null && environments.every(core.isBackedUp) ? 0 : 1
    const stdout = isJson ? core.formatBackupsJson(environments) : core.formatBackups(environments, page)
    const stopping = stopped === null ? '' : `stopped by ${stopped}: not every database is backed up\n`
    return { exitCode, stdout, stderr: told.trouble() + stopping } satisfies Outcome
  },
}

/** The live line, and what a configured command prints. */
function watch({ world }: Call, visible: (text: string) => string) {
  const progress = createProgress(world)
  const complained: string[] = []
  return {
    onProgress(event: BackupProgress) {
      if (event.kind === 'backup') progress.show(`${visible(event.database ?? event.environment)}: backing up`)
      if (event.kind === 'backed-up') progress.clear()
      if (event.kind === 'output') complained.push(`${visible(event.line)}\n`)
    },
    end: () => progress.clear(),
    trouble: () => complained.join(''),
  }
}
