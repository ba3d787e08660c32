import { runGit } from '../git/process.js'

/** What a commit did to one file whose lines name what was searched. */
export interface Touched {
  readonly commit: string
  readonly author: string
  /** ISO 8601. */
  readonly date: string
  readonly subject: string
  /** From the top of the repository. */
  readonly path: string
  /** Blobs; null where the file is not there on that side. */
  readonly before: string | null
  readonly after: string | null
  /** The commit belongs to the history of `HEAD`. */
  readonly isHere: boolean
}

/** Longer than this nobody waits for an explanation. */
const PATIENCE_MS = 30_000

/** So many commits that touch one id are enough to tell its story. */
const MOST_COMMITS = 500

const HERE = ['HEAD']
/** Every ref, and what only the reflog still knows: a branch that was deleted. */
const ELSEWHERE = ['--all', '--reflog', '--not', 'HEAD']

/**
 * The commits that added or took away a line with one of these ids in quotes, newest first, those of this branch before the others. Two
 * git processes. Null where git could not look through the history: it took too long, or objects are not here.
 *
 * @param top absolute; where the repository or a directory of it is
 * @param paths what to look at, as git's own path patterns
 */
export async function searchCommits(
  top: string,
  ids: readonly string[],
  paths: readonly string[],
): Promise<readonly Touched[] | null> {
  const pattern = `["'](${ids.map(escaped).join('|')})["']`
  const log = (revisions: readonly string[]) =>
    runGit(
      top,
      [
        ...['-c', 'log.showSignature=false', 'log', '-z', '--raw', '--no-abbrev', '--no-renames', '--no-ext-diff'],
        ...['--no-textconv', '--no-color', `--max-count=${MOST_COMMITS}`, '--format=%x01%H%x1f%an%x1f%aI%x1f%s'],
        ...['-G', pattern, ...revisions, '--', ...paths],
      ],
      { timeoutMs: PATIENCE_MS },
    )
  const [here, elsewhere] = await Promise.all([log(HERE), log(ELSEWHERE)])
  if (here.code !== 0 || elsewhere.code !== 0) return null
  return [...parse(here.stdout.toString('utf8'), true), ...parse(elsewhere.stdout.toString('utf8'), false)]
}

/** For POSIX extended expressions. */
function escaped(id: string): string {
  return id.replace(/[.^$*+?()[\]{}|\\]/g, '\\$&')
}

/** `\x01<commit>` for each commit, then `:<modes> <ids> <status>` and a path for each file; NUL after each. */
function parse(output: string, isHere: boolean): readonly Touched[] {
  const found: Touched[] = []
  let [commit = '', author = '', date = '', subject = ''] = ['']
  const tokens = output.split('\0')
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]!.trimStart()
    if (token.startsWith('\x01')) [commit = '', author = '', date = '', subject = ''] = token.slice(1).split('\x1f')
    else if (token.startsWith(':')) {
      const [, , before = '', after = ''] = token.split(' ')
      const path = tokens[++at] ?? ''
      found.push({ commit, author, date, subject, path, before: blob(before), after: blob(after), isHere })
    }
  }
  return found
}

const blob = (id: string): string | null => (/^0*$/.test(id) ? null : id)
