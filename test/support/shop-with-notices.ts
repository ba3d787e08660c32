import { app, type Files, type GitRepository, type GitWorld, type Ran, script } from './git-world.js'

/** A shop whose billing service has one revision, as the team has it and as I have cloned it, with hooks that tell. */
export interface Shop {
  readonly world: GitWorld
  /** Where the team works; what I pull from. */
  readonly team: GitRepository
  readonly mine: GitRepository
}

export const MESSENGERS = ['post-merge', 'post-rewrite', 'post-checkout', 'post-commit'] as const

export function shopWithNotices(world: GitWorld, files: Files = {}): Shop {
  const team = world.repository('team')
  team.commit('create invoice table', {
    ...app('services/billing'),
    ...revision('3c9e51a7b204', null, 'create invoice table'),
    'README.md': 'a shop\n',
    ...files,
  })
  const mine = world.clone(team, 'mine')
  for (const name of MESSENGERS) mine.installHook(name)
  return { world, team, mine }
}

/** One script of the billing service. */
export function revision(id: string, parent: string | readonly string[] | null, message: string): Files {
  return { [scriptPath(id)]: script(id, parent, message) }
}

export function scriptPath(id: string): string {
  return `services/billing/migrations/versions/${id}.py`
}

export const THEIRS = revision('f04d6e2b713c', '3c9e51a7b204', 'add refund table')
export const MINE = revision('8b1f2c7d90aa', '3c9e51a7b204', 'add invoice due date')

/** The notes in what git printed: their first lines, without `onehead: services/billing: `. */
export function notesIn({ stderr }: Ran): string[] {
  return [...stderr.matchAll(/^onehead: (?:services\/billing: )?(.*)$/gm)].map(([, note]) => note!)
}
