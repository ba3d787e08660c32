import type { Arguments, Option } from './arguments.js'
import type { Look } from './look.js'
import type { Outcome, World } from './world.js'

/** One command: what it understands, and what it does. Everything it needs beyond types is loaded when it runs. */
export interface Command {
  /** After the name: `[environment…]`. */
  readonly takes: string
  readonly options: readonly Option[]
  /** For the help of this command: a few sentences. */
  readonly about: string
  readonly examples: readonly string[]
  readonly run: (call: Call) => Promise<Outcome>
}

export interface Call {
  readonly given: Arguments
  readonly world: World
  readonly look: Look
  /** When the command line began its work, by `world.now`. */
  readonly startedAt: number
}

export const formatOption = (...formats: readonly string[]): Option => ({
  name: 'format',
  value: 'FORMAT',
  choices: formats,
  says: `${formats.slice(0, -1).join(', ')} or ${formats.at(-1)}`,
})

/** What commands have in common, as a heading of the help; in its order. */
export const groups = {
  read: 'read scripts as text: no Python, no database, no network',
  repair: 'write scripts, after a look at the branch that they will land on',
  databases: "through the project's own Alembic, with a backup and a way back",
  setup: 'set up and understand',
} as const

/** The commands, in the order of the help. Each is loaded when it is called. */
export const commands: readonly {
  readonly name: string
  readonly group: keyof typeof groups
  readonly says: string
  readonly load: () => Promise<Command>
}[] = [
  {
    name: 'check',
    group: 'read',
    says: 'judge every history: heads, parents, ids, cycles, scripts',
    load: async () => (await import('./commands/check.js')).check,
  },
  {
    name: 'heads',
    group: 'read',
    says: 'list heads, like `alembic heads`',
    load: async () => (await import('./commands/heads.js')).heads,
  },
  {
    name: 'history',
    group: 'read',
    says: 'list revisions, newest first, like `alembic history`',
    load: async () => (await import('./commands/history.js')).history,
  },
  {
    name: 'show',
    group: 'read',
    says: 'show a revision, like `alembic show`',
    load: async () => (await import('./commands/show.js')).show,
  },
  {
    name: 'graph',
    group: 'read',
    says: 'draw a history',
    load: async () => (await import('./commands/graph.js')).graph,
  },
  {
    name: 'fix',
    group: 'repair',
    says: 'bring every history back to one head, with reasons; --undo takes it back',
    load: async () => (await import('./commands/fix.js')).fix,
  },
  {
    name: 'rebase',
    group: 'repair',
    says: "put my unpublished revisions on top of the target's",
    load: async () => (await import('./commands/rebase.js')).rebase,
  },
  {
    name: 'merge',
    group: 'repair',
    says: 'write a merge revision of the heads there are, or of those named',
    load: async () => (await import('./commands/merge.js')).merge,
  },
  {
    name: 'revision',
    group: 'repair',
    says: 'write a new revision on the head that will still be one after the merge',
    load: async () => (await import('./commands/revision.js')).revision,
  },
  {
    name: 'status',
    group: 'databases',
    says: 'where each database stands, what is pending, and where an unknown revision comes from',
    load: async () => (await import('./commands/status.js')).status,
  },
  {
    name: 'rehearse',
    group: 'databases',
    says: 'run migrations on a copy: up, down and up again, schemas compared',
    load: async () => (await import('./commands/rehearse.js')).rehearse,
  },
  {
    name: 'upgrade',
    group: 'databases',
    says: 'upgrade each database, with a backup, a way back and explained errors',
    load: async () => (await import('./commands/upgrade.js')).upgrade,
  },
  {
    name: 'downgrade',
    group: 'databases',
    says: 'take a database back to a revision, with a backup; says first what is lost',
    load: async () => (await import('./commands/downgrade.js')).downgrade,
  },
  {
    name: 'stamp',
    group: 'databases',
    says: 'write where a database stands, and run nothing; looks whether it is true',
    load: async () => (await import('./commands/stamp.js')).stamp,
  },
  {
    name: 'backup',
    group: 'databases',
    says: 'back up each database, and list the backups that there are',
    load: async () => (await import('./commands/backup.js')).backup,
  },
  {
    name: 'restore',
    group: 'databases',
    says: 'restore a backup beside the database, or on an explicit word in its place',
    load: async () => (await import('./commands/restore.js')).restore,
  },
  {
    name: 'reset',
    group: 'databases',
    says: 'throw a development database away and build it anew, behind a backup',
    load: async () => (await import('./commands/reset.js')).reset,
  },
  {
    name: 'explain',
    group: 'setup',
    says: 'explain a rule, or an error that Alembic printed',
    load: async () => (await import('./commands/explain.js')).explain,
  },
  {
    name: 'init',
    group: 'setup',
    says: 'install the git hooks, or take them out',
    load: async () => (await import('./commands/init.js')).init,
  },
  {
    name: 'doctor',
    group: 'setup',
    says: 'tell whether the git hooks would really run here',
    load: async () => (await import('./commands/doctor.js')).doctor,
  },
  {
    name: 'hook',
    group: 'setup',
    says: 'what the git hooks run: judge a push, tell what a pull brought',
    load: async () => (await import('./commands/hook.js')).hook,
  },
  {
    name: 'cache',
    group: 'setup',
    says: 'clear what check keeps of earlier runs',
    load: async () => (await import('./commands/cache.js')).cache,
  },
]
