import { environmentErrors } from './environment-errors.js'
import type { KnownError } from './known-error.js'

/** What Alembic says, what it means, and what to do about it. */
export interface AlembicErrorAdvice {
  /** The part of the given text that was recognised. */
  readonly matched: string
  readonly cause: string
  /** Starts with a verb. */
  readonly cure: string
  /** Rules of ours that find the place, most likely first; their pages say more. */
  readonly rules: readonly string[]
}

/**
 * Alembic's own sentences, most telling first. On a terminal Alembic breaks and indents them, so white space is evened out before
 * matching. Source: the messages in Alembic 1.20's `script/base.py`, `script/revision.py`, `command.py` and `runtime/migration.py`.
 */
const graphErrors: readonly KnownError[] = [
  {
    pattern: /Revision \S+ is present more than once/,
    cause: 'Two scripts declare the same revision id; Alembic keeps one of them and says nothing more.',
    cure: 'give the newer, unapplied script a new id: in the file, its name and the scripts that revise it; a merge revision does not help',
    rules: ['duplicate-revision'],
  },
  {
    pattern: /Revision \S+ referenced from .{1,200}? is not present/,
    cause: 'A script revises one that is not there: never committed, deleted, renamed, or still on another branch.',
    cure: 'bring the script back, or point down_revision at the revision that it should follow',
    rules: ['missing-down-revision', 'duplicate-revision'],
  },
  {
    pattern: /Multiple head(?: revision)?s are present/,
    cause:
      'The history ends in more than one head: two branches each added a script on the same parent. A duplicate id looks the same.',
    cure: 'look for duplicate ids first; then re-parent the newer, unapplied branch or write a merge revision',
    rules: ['multiple-heads', 'duplicate-revision'],
  },
  {
    pattern: /The script directory has multiple heads/,
    cause: 'Code asked for the only head of a history that has several.',
    cure: 'bring the history back to one head',
    rules: ['multiple-heads'],
  },
  {
    pattern: /The script directory has multiple bases/,
    cause: 'More than one script starts a history.',
    cure: 'let the second one revise the history that exists, unless two lines are wanted',
    rules: ['second-base'],
  },
  {
    pattern: /(?:Dependency )?[Ss]elf-loop is detected in revisions? ?\([^)]{0,200}\)?/,
    cause: 'A script revises or depends on itself.',
    cure: 'point it at the revision before it',
    rules: ['revision-cycle'],
  },
  {
    pattern: /(?:Dependency c|C)ycle is detected in revisions? ?\([^)]{0,200}\)?/,
    cause:
      'Scripts revise each other in a circle. Alembic names every revision it cannot reach, not only those in the circle.',
    cure: 'break the circle at the newest script',
    rules: ['revision-cycle', 'duplicate-revision'],
  },
  {
    pattern: /Branch name \S+ in revision \S+ already used by revision \S+/,
    cause: 'A branch label is declared twice, or is also a revision id.',
    cure: 'keep the label on the first revision of its branch only',
    rules: ['duplicate-branch-label'],
  },
  {
    pattern: /Character\(s\) .{1,40}? not allowed in revision identifier \S+/,
    cause: 'Alembic gives @ - + : a meaning of their own, so an id cannot hold them.',
    cure: 'replace the character, for example by _, in the id and wherever it is named',
    rules: ['reserved-character'],
  },
  {
    pattern: /Could not determine revision id from filename \S+/,
    cause:
      'A file among the scripts has no module-level `revision`: a helper, an empty file, or a script that lost its identifiers.',
    cure: 'declare `revision`, or move the file out of the version location',
    rules: ['not-a-revision', 'misspelt-identifier'],
  },
  {
    pattern: /has no attribute '(?:down_revision|upgrade|downgrade)'/,
    cause: 'A file among the scripts is not a whole script: empty, a helper, misspelt, or half of an unfinished merge.',
    cure: 'complete the script, or move the file out of the version location',
    rules: ['not-a-revision', 'misspelt-identifier', 'unreadable-script'],
  },
  {
    pattern: /Can't locate revision identified by \S+/,
    cause:
      'The database, or the command line, names a revision that no script declares: another branch was deployed, a script was deleted or renamed, or it is the wrong database.',
    cure: 'bring the script back; stamp another revision only after comparing the schema',
    rules: ['missing-down-revision', 'duplicate-revision'],
  },
  {
    pattern: /Requested revision \S+ overlaps with other requested revisions/,
    cause: 'The version table holds two rows of which one is an ancestor of the other.',
    cure: 'stamp the newer of the two with `alembic stamp --purge`, after comparing the schema',
    rules: ['duplicate-revision', 'multiple-heads'],
  },
  {
    pattern: /Revision \S+ is not a head revision; please specify --splice/,
    cause: 'A new revision was asked for on top of one that already has a child.',
    cure: 'name a head, or --splice when a second branch is wanted',
    rules: ['multiple-heads'],
  },
  {
    pattern: /Duplicate head revisions specified/,
    cause: 'The same head was given twice, or two scripts declare its id.',
    cure: 'name each head once',
    rules: ['duplicate-revision'],
  },
  {
    pattern: /value too long for type character varying\(32\)|Data too long for column 'version_num'/,
    cause: 'The version table holds ids of at most 32 characters.',
    cure: 'shorten the revision id',
    rules: ['revision-id-too-long'],
  },
  {
    pattern: /File \S+ loaded twice! ignoring/,
    cause: 'The same file is reached through two version locations.',
    cure: 'name each version location once in the configuration',
    rules: ['loaded-twice'],
  },
  {
    pattern: /(?:SyntaxError|IndentationError|TabError|invalid decimal literal)/,
    cause: 'A script is not valid Python; conflict markers of a merge are the usual reason.',
    cure: 'finish the merge, or correct the script',
    rules: ['unreadable-script'],
  },
  {
    pattern: /No 'script_location' key found in configuration|No config file \S+ found, or file has no/,
    cause:
      'Alembic read another configuration than the one you mean, or none; with Flask-Migrate the command is `flask db`.',
    cure: 'run it in the folder of the configuration, or name it with -c',
    rules: ['broken-configuration'],
  },
  {
    pattern:
      /Path doesn't exist: \S+|InterpolationSyntaxError|InterpolationMissingOptionError|invalid interpolation syntax/,
    cause: 'The configuration names a folder that is not there, or holds a % that its reader takes for its own.',
    cure: 'start the path with %(here)s, and write a plain % as %%',
    rules: ['broken-configuration'],
  },
  {
    pattern: /Target database is not up to date/,
    cause: 'The database has not run every script; autogenerate compares only with one that has.',
    cure: 'run `alembic upgrade head` first; with several heads, repair those before',
    rules: ['multiple-heads'],
  },
  {
    pattern: /Online migration expected to match one row when (?:updating|deleting)/,
    cause: 'The version table is not what Alembic left there: two upgrades at once, or a row changed by hand.',
    cure: 'let one upgrade run at a time, and compare the rows with `alembic heads`',
    rules: [],
  },
  {
    pattern: /KeyError: '(?!(?:migrate|formatters|loggers|handlers)')[^']{1,120}'/,
    cause:
      'A script names a revision that is not there: as its parent, or in depends_on, where a part of an id or `label@head` is not enough.',
    cure: 'write the full id of a script that exists',
    rules: ['missing-down-revision', 'unresolved-dependency', 'label-as-down-revision'],
  },
]

const KNOWN: readonly KnownError[] = [...graphErrors, ...environmentErrors]

/** No error message is longer; a pasted log is searched at its end, where the error stands. */
const MOST_CHARACTERS = 200_000

/** What is known about a text that Alembic printed, most telling first; empty when nothing in it is recognised. */
export function explainAlembicError(text: string): readonly AlembicErrorAdvice[] {
  const evened = text.slice(-MOST_CHARACTERS).replace(/\s+/g, ' ')
  return KNOWN.flatMap(({ pattern, cause, cure, rules }) => {
    const matched = pattern.exec(evened)?.[0]
    return matched === undefined ? [] : [{ matched, cause, cure, rules }]
  })
}
