import type { KnownError } from '../known-error.js'

/** What Alembic says about the history itself. Source: `script/revision.py`, `script/base.py` of Alembic 1.20. */
export const historyErrors: readonly KnownError[] = [
  {
    kind: 'duplicate-revision',
    patterns: [/Revision (?<revision>\S{1,200}) is present more than once/],
    cause: 'Two scripts declare the same revision id; Alembic keeps one of them and says nothing more.',
    cure: 'give the newer, unapplied script a new id: in the file, its name and the scripts that revise it; a merge revision does not help',
    rules: ['duplicate-revision'],
    facts: ['rules', 'revisions', 'merge'],
    next: 'check',
  },
  {
    kind: 'missing-down-revision',
    patterns: [/Revision (?<revision>\S{1,200}) referenced from .{1,300}? is not present/],
    cause: 'A script revises one that is not there: never committed, deleted, renamed, or still on another branch.',
    cure: 'bring the script back, or point down_revision at the revision that it should follow',
    rules: ['missing-down-revision', 'duplicate-revision', 'unresolved-dependency'],
    facts: ['revisions', 'rules', 'merge'],
    next: 'fix',
  },
  {
    kind: 'multiple-heads',
    patterns: [/Multiple head(?: revision)?s are present/],
    headings: [
      /multiple (?:migration )?heads?\b/,
      /\bmerging upstream|before creating (?:a )?pr\b|ci\/?cd failure|why multiple heads occur/,
    ],
    cause:
      'The history ends in more than one head: two branches each added a script on the same parent. A duplicate id looks the same.',
    cure: 'look for duplicate ids first; then re-parent the newer, unapplied branch or write a merge revision',
    rules: ['multiple-heads', 'duplicate-revision'],
    facts: ['rules', 'merge'],
    next: 'fix',
  },
  {
    kind: 'multiple-heads-in-code',
    patterns: [/The script directory has multiple heads/],
    cause: 'Code asked for the only head of a history that has several.',
    cure: 'bring the history back to one head',
    rules: ['multiple-heads'],
    facts: ['rules', 'merge'],
    next: 'fix',
  },
  {
    kind: 'several-rows',
    patterns: [/Version table '(?<table>[^']{1,200})' has more than one head present/],
    cause:
      'The version table has more than one row: this database has run two lines of the history, and code asked it for the only one.',
    cure: 'bring the history back to one head and upgrade, or let the code ask for all of them',
    rules: ['multiple-heads'],
    facts: ['rules', 'heads'],
    next: 'status',
  },
  {
    kind: 'multiple-bases',
    patterns: [/The script directory has multiple bases/],
    cause: 'More than one script starts a history.',
    cure: 'let the second one revise the history that exists, unless two lines are wanted',
    rules: ['second-base'],
    facts: ['rules'],
    next: 'check',
  },
  {
    kind: 'revision-cycle',
    patterns: [
      /(?:Dependency )?[Ss]elf-loop is detected in revisions?(?: ?\((?<revision>[^),]{1,200})[^)]{0,400}\)?)?/,
    ],
    cause: 'A script revises or depends on itself.',
    cure: 'point it at the revision before it',
    rules: ['revision-cycle'],
    facts: ['rules', 'revisions', 'merge'],
    next: 'check',
  },
  {
    kind: 'revision-cycle',
    patterns: [
      /(?:Dependency c|C)ycle is detected in revisions?(?: ?\((?<revision>[^),]{1,200})[^)]{0,400}\)?)?/,
      /Dependency resolution failed; broken map/,
    ],
    cause:
      'Scripts revise each other in a circle. Alembic names every revision it cannot reach, not only those in the circle.',
    cure: 'break the circle at the newest script',
    rules: ['revision-cycle', 'duplicate-revision'],
    facts: ['rules', 'merge'],
    next: 'check',
  },
  {
    kind: 'duplicate-branch-label',
    patterns: [
      /Branch name '?(?<label>[^'\s]{1,200})'? in revision (?<revision>\S{1,200}) already used by revision (?<other>\S{1,200})/,
    ],
    cause: 'A branch label is declared twice, or is also a revision id.',
    cure: 'keep the label on the first revision of its branch only',
    rules: ['duplicate-branch-label'],
    facts: ['rules', 'revisions', 'merge'],
    next: 'check',
  },
  {
    kind: 'reserved-character',
    patterns: [/Character\(s\) .{1,40}? not allowed in revision identifier '?(?<revision>[^'\s]{1,200})/],
    cause: 'Alembic gives @ - + : a meaning of their own, so an id cannot hold them.',
    cure: 'replace the character, for example by _, in the id and wherever it is named',
    rules: ['reserved-character'],
    facts: ['rules'],
    next: 'check',
  },
  {
    kind: 'not-a-revision',
    patterns: [
      /Could not determine revision id from filename (?<path>[^\s,]{1,400}?)\.? (?=Be sure|$)/,
      /Could not determine revision id from filename/,
    ],
    cause:
      'A file among the scripts has no module-level `revision`: a helper, an empty file, or a script that lost its identifiers.',
    cure: 'declare `revision`, or move the file out of the version location',
    rules: ['not-a-revision', 'misspelt-identifier', 'unreadable-script'],
    facts: ['rules'],
    next: 'check',
  },
  {
    kind: 'not-a-revision',
    patterns: [/(?:module '(?<module>\w{1,300}?_py)' )?has no attribute '(?:down_revision|upgrade|downgrade)'/],
    cause: 'A file among the scripts is not a whole script: empty, a helper, misspelt, or half of an unfinished merge.',
    cure: 'complete the script, or move the file out of the version location',
    rules: ['not-a-revision', 'misspelt-identifier', 'unreadable-script'],
    facts: ['rules'],
    next: 'check',
  },
  {
    kind: 'unknown-revision',
    patterns: [
      /Can't locate revision identified by '?(?<revision>[^'\s]{1,200})/,
      /No such revision or branch '(?<revision>[^']{1,200})'/,
      /(?<=Can't )locate revision/,
    ],
    headings: [/can'?t locate revision/],
    cause:
      'The database, or the command line, names a revision that no script declares: another branch was deployed, a script was deleted or renamed, or it is the wrong database.',
    cure: 'bring the script back; stamp another revision only after comparing the schema',
    rules: ['missing-down-revision', 'duplicate-revision'],
    facts: ['revisions'],
    next: 'status',
  },
  {
    kind: 'overlapping-revisions',
    patterns: [
      /Requested revision (?<revision>\S{1,200}) overlaps with other requested revisions (?<other>[^\s,]{1,200})/,
    ],
    cause: 'The version table holds two rows of which one is an ancestor of the other, or two scripts share one id.',
    cure: 'stamp the newer of the two with `alembic stamp --purge`, after comparing the schema',
    rules: ['duplicate-revision', 'multiple-heads'],
    facts: ['revisions', 'rules'],
    next: 'status',
  },
  {
    kind: 'not-a-head',
    patterns: [/Revision (?<revision>\S{1,200}) is not a head revision; please specify --splice/],
    cause: 'A new revision was asked for on top of one that already has a child.',
    cure: 'name a head, or --splice when a second branch is wanted',
    rules: ['multiple-heads'],
    facts: ['revisions', 'heads'],
    next: 'heads',
  },
  {
    kind: 'duplicate-heads',
    patterns: [/Duplicate head revisions specified/],
    cause: 'The same head was given twice, or two scripts declare its id.',
    cure: 'name each head once',
    rules: ['duplicate-revision'],
    facts: ['rules', 'heads'],
    next: 'heads',
  },
  {
    kind: 'loaded-twice',
    patterns: [/File (?<path>\S{1,400}) loaded twice! ignoring/],
    cause: 'The same file is reached through two version locations.',
    cure: 'name each version location once in the configuration',
    rules: ['loaded-twice'],
    facts: ['rules'],
    next: 'check',
  },
  {
    kind: 'unreadable-script',
    patterns: [/(?<![\w.])(?:SyntaxError|IndentationError|TabError): .{0,120}/, /invalid decimal literal/],
    headings: [/^(?:syntax|indentation)error$/],
    cause: 'A script is not valid Python; conflict markers of a merge are the usual reason.',
    cure: 'finish the merge, or correct the script',
    rules: ['unreadable-script'],
    facts: ['rules', 'merge'],
    next: 'check',
  },
]

/** Behind everything that names its reason: a missing id alone looks like any other missing key. */
export const bareKeyErrors: readonly KnownError[] = [
  {
    kind: 'missing-down-revision',
    patterns: [
      /KeyError: '(?!(?:migrate|formatters|loggers|handlers|handler_\w{1,60}|logger_\w{1,60}|rev|slug|url|sqlalchemy\.url)')(?<revision>[^']{1,120})'/,
    ],
    frames: /alembic\/script\//,
    alsoWithoutFrames: true,
    weight: 'consequence',
    cause:
      'A script names a revision that is not there: as its parent, or in depends_on, where a part of an id or `label@head` is not enough.',
    cure: 'write the full id of a script that exists',
    rules: ['missing-down-revision', 'unresolved-dependency', 'label-as-down-revision'],
    facts: ['revisions', 'rules', 'merge'],
    next: 'fix',
  },
]
