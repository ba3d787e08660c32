import { runGit } from './process.js'

/** Branches as this clone knows them, without the network. */
export interface KnownRefs {
  /** Ids by full ref: branches here, and those of remotes as they were last fetched. */
  readonly commits: ReadonlyMap<string, string>
  /** What `refs/remotes/<remote>/HEAD` names, full, by remote. */
  readonly defaults: ReadonlyMap<string, string>
}

/** Asks git for all of them: one process. */
export async function listKnownRefs(top: string): Promise<KnownRefs> {
  const format = '--format=%(refname)%00%(objectname)%00%(symref)'
  const { stdout } = await runGit(top, ['for-each-ref', format, 'refs/remotes', 'refs/heads'])
  const commits = new Map<string, string>()
  const defaults = new Map<string, string>()
  for (const line of stdout.toString('utf8').split('\n')) {
    const [ref = '', oid = '', symref = ''] = line.split('\0')
    if (ref === '') continue
    const remote = /^refs\/remotes\/(.+)\/HEAD$/.exec(ref)?.[1]
    if (remote === undefined || symref === '') commits.set(ref, oid)
    else defaults.set(remote, symref)
  }
  return { commits, defaults }
}
