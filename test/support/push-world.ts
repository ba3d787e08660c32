import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { app, type Files, type GitRepository, type GitWorld, gitWorld, type Ran, script } from './git-world.js'

/** A hub with main, and Ada's clone of it with the gate installed. */
export interface PushWorld {
  readonly world: GitWorld
  readonly hub: GitRepository
  readonly ada: GitRepository
}

export const versions = 'billing/migrations/versions'

/** The first revision, which everybody has, and two that two people write on top of it. */
export const invoice = '3c9e51a7b204'
export const dueDate = '8b1f2c7d90aa'
export const refund = 'f04d6e2b713c'

/** The file of a revision in billing. */
export function revision(id: string, parent: string | readonly string[] | null, message = 'change'): Files {
  return { [`${versions}/${id}_${message.replaceAll(' ', '_')}.py`]: script(id, parent, message) }
}

/** The same with lines of Python for its `upgrade()`. */
export function revisionThat(
  id: string,
  parent: string | readonly string[] | null,
  message: string,
  ...upgrade: readonly string[]
): Files {
  const files = Object.entries(revision(id, parent, message))
  const body = ['import sqlalchemy as sa', ...upgrade].map((line) => `    ${line}\n`).join('')
  return Object.fromEntries(
    files.map(([path, text]) => [path, String(text).replace(/upgrade\(\):\n.*\n/, () => `upgrade():\n${body}`)]),
  )
}

export const begin: Files = { ...app('billing'), ...revision(invoice, null, 'create invoice table') }
export const addDueDate = revision(dueDate, invoice, 'add due date')
export const addRefund = revision(refund, invoice, 'add refund table')

const templates = new Map<string, GitWorld>()

export function pushWorld(files: Files = begin): PushWorld {
  const template = templateOf(files)
  const world = quietWorld()
  for (const name of ['hub.git', 'ada'])
    cpSync(join(template.folder, name), join(world.folder, name), { recursive: true })
  const [hub, ada] = [world.open(join(world.folder, 'hub.git')), world.open(join(world.folder, 'ada'))]
  const config = join(ada.root, '.git/config')
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll(template.folder, world.folder))
  return { world, hub, ada }
}

/** Made once and copied: a repository takes a second, and there are a hundred of them. */
function templateOf(files: Files): GitWorld {
  const key = JSON.stringify(files)
  const known = templates.get(key)
  if (known !== undefined) return known
  const world = quietWorld()
  templates.set(key, world)
  process.once('exit', () => world.remove())
  const ada = world.clone(world.bare('hub.git'), 'ada')
  ada.commit('Begin', files)
  ada.git('push', '--quiet', 'origin', 'main')
  ada.git('remote', 'set-head', 'origin', '--auto')
  ada.installHook('pre-push')
  return world
}

function quietWorld(): GitWorld {
  const world = gitWorld()
  // Reflogs tell by it how old the target is: that needs the real clock.
  delete world.env.GIT_COMMITTER_DATE
  world.env.LC_ALL = 'C.UTF-8'
  return world
}

/** Somebody else commits to a branch of the hub; Ada hears of it when she fetches. */
export function elsewhere({ world, hub }: PushWorld, branch: string, files: Files, message = 'Add refunds'): void {
  const grace = world.clone(hub, `grace-${Math.random().toString(36).slice(2)}`, ['--branch', branch])
  grace.git('config', 'user.name', 'Grace')
  grace.commit(message, files)
  grace.git('push', '--quiet', 'origin', branch)
}

/** Ada has a due date on the branch `dates`; main has got a refund table beside it (and `more`), and she has fetched it. */
export function forkedWorld(more: Files = {}): PushWorld {
  const here = pushWorld()
  here.ada.git('switch', '--quiet', '-c', 'dates')
  here.ada.commit('Add due dates', addDueDate)
  elsewhere(here, 'main', { ...addRefund, ...more })
  here.ada.git('fetch', '--quiet')
  return here
}

/** What the hub has under a ref; null where it has nothing. */
export function onHub({ hub }: PushWorld, ref: string): string | null {
  const { status, stdout } = hub.try(['rev-parse', '--verify', '--quiet', ref])
  return status === 0 ? stdout.trim() : null
}

export interface Pushed extends Ran {
  /** Whether the refs of the hub are not what they were. */
  readonly moved: boolean
  /** What the gate said, without git's own lines, each run of white space and lane signs as one space. */
  readonly said: string
}

/** Pushes with the hook, and tells whether the hub has moved. */
export function push(
  { hub, ada }: PushWorld,
  args: readonly string[],
  { from = ada, env = {} as Readonly<Record<string, string | undefined>>, cwd = '.' } = {},
): Pushed {
  const refs = () => hub.git('for-each-ref', '--format=%(refname) %(objectname)')
  const before = refs()
  const ran = from.try(['push', ...args], { env, cwd })
  return { ...ran, moved: refs() !== before, said: saidByGate(ran) }
}

const GIT_SAYS =
  /^(?:To |From |remote: |error: failed to push| [*+=!-] | {3}[0-9a-f]+\.\.|Everything up-to-date|branch |hint: |fatal: )/

function saidByGate({ stderr }: Ran): string {
  const lines = stderr.split('\n').filter((line) => !GIT_SAYS.test(line))
  return lines
    .map((line) => line.replace(/^ *[│├╰] */, ''))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
}
