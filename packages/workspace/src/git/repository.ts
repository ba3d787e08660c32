/** A git repository seen from one directory in its working tree. The only module that touches simple-git. */
export interface Repository {
  /** Where the directory lies in the repository: empty at its top, else with `/` at the end. */
  readonly prefix: string
  /** Runs git in the directory and gives its standard output. Rejects when git fails. */
  raw(args: readonly string[]): Promise<string>
}

/** simple-git takes every other `GIT_*` away: what a hook has set must not lead us to another repository's files. */
const KEPT = [
  'GIT_CEILING_DIRECTORIES',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CONFIG_SYSTEM',
  'GIT_OPTIONAL_LOCKS',
]

/**
 * The repository in whose working tree `directory` (absolute) lies, or `null`: no repository, a bare one, or no git to ask.
 */
export async function openRepository(directory: string): Promise<Repository | null> {
  try {
    const { simpleGit } = await import('simple-git')
    const git = simpleGit({
      baseDir: directory,
      allowEnvironment: KEPT,
      errors: (error, { exitCode, stdErr }) =>
        exitCode === 0
          ? undefined
          : (error ?? new Error(Buffer.concat(stdErr).toString() || `git ended with ${exitCode}`)),
    })
    const raw = (args: readonly string[]): Promise<string> => git.raw([...args])
    const [inside, prefix = ''] = (await raw(['rev-parse', '--is-inside-work-tree', '--show-prefix'])).split('\n')
    return inside === 'true' ? { prefix, raw } : null
  } catch {
    return null
  }
}
