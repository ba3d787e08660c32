import {
  alembic,
  asked,
  due,
  fails,
  fork,
  INI,
  idle,
  invoice,
  line,
  MAKO,
  MODELS,
  type Provocation,
  twoLines,
} from './provoking.js'

/** §6.1: the history and Alembic's own commands. */
export const historyProvocations: readonly Provocation[] = [
  fails('Multiple head revisions are present for given argument', 'multiple-heads', fork, [alembic('upgrade', 'head')]),
  fails('Multiple heads are present; please specify the head revision', 'multiple-heads', fork, [
    alembic('revision', '-m', 'more'),
  ]),
  fails('Multiple heads are present; please specify a single target revision', 'multiple-heads', fork, [
    alembic('stamp', 'head'),
  ]),
  fails('The script directory has multiple heads', 'multiple-heads-in-code', fork, [
    asked('scripts.get_current_head()'),
  ]),
  fails('The script directory has multiple bases', 'multiple-bases', twoLines, [asked('scripts.get_base()')]),
  fails('Version table has more than one head present', 'several-rows', fork, [
    alembic('upgrade', 'heads'),
    {
      python:
        'import os, sqlalchemy as sa\nfrom alembic.migration import MigrationContext\nwith sa.create_engine(os.environ["DATABASE_URL"]).connect() as c:\n    MigrationContext.configure(c).get_current_revision()\n',
    },
  ]),
  fails(
    'Revision is present more than once',
    'duplicate-revision',
    [invoice, due, { ...due, file: 'again' }],
    [alembic('heads')],
  ),
  fails(
    'Revision referenced from … is not present',
    'missing-down-revision',
    [idle('aa02', 'gone01')],
    [alembic('heads')],
  ),
  fails(
    'KeyError alone: depends_on',
    'missing-down-revision',
    [invoice, idle('aa02', 'aa01', { dependsOn: 'gone01' })],
    [alembic('heads')],
  ),
  fails(
    'KeyError alone: a label as down_revision',
    'missing-down-revision',
    [idle('aa01', null, { label: 'users' }), idle('aa02', 'users')],
    [alembic('history')],
  ),
  fails('Cycle is detected', 'revision-cycle', [idle('aa01', 'aa02'), idle('aa02', 'aa01')], [alembic('history')]),
  fails(
    'Dependency cycle is detected',
    'revision-cycle',
    [idle('aa01', null, { dependsOn: 'aa02' }), idle('aa02', 'aa01')],
    [alembic('upgrade', 'head')],
  ),
  fails('Self-loop is detected', 'revision-cycle', [idle('aa01', 'aa01')], [alembic('heads')]),
  fails(
    'Dependency self-loop is detected',
    'revision-cycle',
    [idle('aa01', null, { dependsOn: 'aa01' })],
    [alembic('history')],
  ),
  fails(
    'Branch name already used by revision',
    'duplicate-branch-label',
    [idle('aa01', null, { label: 'users' }), idle('bb01', null, { label: 'users' })],
    [alembic('history')],
  ),
  fails(
    "Character(s) '-' not allowed in revision identifier",
    'reserved-character',
    [idle('aa-01', null)],
    [alembic('history')],
  ),
  fails('Could not determine revision id from filename', 'not-a-revision', line, [alembic('history')], {
    files: { 'migrations/versions/helpers.py': 'down_revision = None\n' },
  }),
  fails("has no attribute 'down_revision'", 'not-a-revision', line, [alembic('heads')], {
    files: { 'migrations/versions/aa03.py': 'revision = "aa03"\n' },
  }),
  fails("has no attribute 'upgrade'", 'not-a-revision', line, [alembic('upgrade', 'head')], {
    files: { 'migrations/versions/aa03.py': 'revision = "aa03"\ndown_revision = "aa02"\n' },
  }),
  fails('SyntaxError: conflict markers, invalid syntax', 'unreadable-script', line, [alembic('heads')], {
    files: { 'migrations/versions/aa03.py': '<<<<<<< HEAD\nrevision = "aa03"\n' },
  }),
  fails('SyntaxError: conflict markers, invalid decimal literal', 'unreadable-script', line, [alembic('heads')], {
    files: { 'migrations/versions/aa03.py': 'revision = "aa03"\n>>>>>>> 1abc0 (more)\n' },
  }),
  fails("Can't locate revision: in the version table", 'unknown-revision', line, [
    alembic('upgrade', 'head'),
    { sql: ["UPDATE alembic_version SET version_num = 'gone12345'"] },
    alembic('upgrade', 'head'),
  ]),
  fails("Can't locate revision: mistyped", 'unknown-revision', line, [alembic('upgrade', 'aa09')]),
  fails(
    "Can't locate revision: an ambiguous prefix",
    'unknown-revision',
    [idle('abcd1', null), idle('abcd2', 'abcd1')],
    [alembic('upgrade', 'abcd')],
  ),
  fails("Can't locate revision: not in that branch", 'unknown-revision', twoLines, [alembic('upgrade', 'users@aa02')]),
  fails('Requested revision overlaps with other requested revisions', 'overlapping-revisions', line, [
    alembic('stamp', 'aa01', 'aa02'),
    alembic('upgrade', 'head'),
  ]),
  fails(
    'Target database is not up to date',
    'database-behind',
    line,
    [alembic('revision', '--autogenerate', '-m', 'x')],
    {
      files: { 'models.py': MODELS },
    },
  ),
  fails('New upgrade operations detected', 'model-differs', line, [alembic('upgrade', 'head'), alembic('check')], {
    files: { 'models.py': MODELS },
  }),
  fails('Database is not on all head revisions', 'database-not-at-heads', line, [alembic('current', '--check-heads')]),
  fails('Revision is not a head revision; please specify --splice', 'not-a-head', line, [
    alembic('revision', '-m', 'x', '--head', 'aa01'),
  ]),
  fails('Duplicate head revisions specified', 'duplicate-heads', fork, [alembic('merge', 'aa02', 'aa02')]),
  fails('AssertionError: a step beyond the end', 'relative-target', fork, [
    alembic('upgrade', 'aa02'),
    alembic('upgrade', 'bb02+1'),
  ]),
  fails('Destination is not a valid downgrade target', 'invalid-target', fork, [
    alembic('upgrade', 'aa02'),
    alembic('downgrade', 'bb02'),
  ]),
  fails('Requested range does not refer to ancestor/descendant', 'invalid-range', line, [
    alembic('history', '-r', 'aa02:aa01'),
  ]),
  fails('Ambiguous walk', 'relative-target', fork, [alembic('upgrade', 'aa01'), alembic('upgrade', 'aa01+1')]),
  fails('Ambiguous upgrade from multiple current revisions', 'relative-target', fork, [
    alembic('upgrade', 'heads'),
    alembic('upgrade', '+1'),
  ]),
  fails("Relative revision didn't produce migrations", 'relative-target', line, [
    alembic('upgrade', 'head'),
    alembic('upgrade', '+1'),
  ]),
  fails('Walked too far', 'relative-target', line, [alembic('upgrade', 'head'), alembic('downgrade', '-5')]),
  fails('downgrade -1 from multiple heads is ambiguous', 'relative-target', fork, [
    alembic('upgrade', 'heads'),
    alembic('downgrade', '-1'),
  ]),
  fails(
    'Online migration expected to match one row when updating',
    'version-row-differs',
    [invoice, idle('aa02', 'aa01', { upgrade: ["op.execute('DELETE FROM alembic_version')"] })],
    [alembic('upgrade', 'head')],
  ),
  fails(
    'Online migration expected to match one row when deleting',
    'version-row-differs',
    [idle('aa01', null, { downgrade: ["op.execute('DELETE FROM alembic_version')"] })],
    [alembic('upgrade', 'head'), alembic('downgrade', 'base')],
  ),
  fails('revision identifier is not a string', 'revision-not-text', line, [asked('scripts.get_revisions(b"aa01")')]),
  fails('Path is not represented in current version locations', 'version-location', line, [
    alembic('revision', '-m', 'x', '--version-path', 'elsewhere'),
  ]),
  fails(
    'Multiple version locations present, please specify --version-path',
    'version-location',
    line,
    [alembic('revision', '-m', 'x', '--head', 'base')],
    {
      files: {
        'alembic.ini': `${INI}version_locations = migrations/versions other\npath_separator = space\n`,
        'other/README': '',
      },
    },
  ),
  fails('Multiple version_locations present', 'version-location', line, [asked('scripts.versions')], {
    files: {
      'alembic.ini': `${INI}version_locations = migrations/versions other\npath_separator = space\n`,
      'other/README': '',
    },
  }),
  fails('File loaded twice! ignoring', 'loaded-twice', line, [alembic('heads')], {
    files: {
      'alembic.ini': `${INI}version_locations = migrations/versions migrations/../migrations/versions\npath_separator = space\n`,
    },
  }),
  fails(
    'Version specified branch_labels',
    'template-without-label',
    line,
    [alembic('revision', '-m', 'x', '--branch-label', 'users')],
    { files: { 'migrations/script.py.mako': MAKO.replace(/branch_labels.*\n/, '') } },
  ),
  fails('Template rendering failed', 'template-failed', line, [alembic('revision', '-m', 'x')], {
    files: { 'migrations/script.py.mako': `${MAKO}\n\u0024{nobody}\n` },
  }),
  fails('Range revision not allowed', 'offline-usage', line, [alembic('upgrade', 'aa01:aa02')]),
  fails('downgrade with --sql requires <fromrev>:<torev>', 'offline-usage', line, [
    alembic('downgrade', 'aa01', '--sql'),
  ]),
  fails('History range requires [start]:[end]', 'invalid-range', line, [alembic('history', '-r', 'aa01')]),
  fails('Using --sql with --autogenerate does not make any sense', 'offline-usage', line, [
    alembic('revision', '--autogenerate', '--sql', '-m', 'x'),
  ]),
  fails('Using --sql with the revision command …', 'offline-usage', line, [alembic('revision', '--sql', '-m', 'x')]),
  fails("Can't use --purge with --sql mode", 'offline-usage', line, [alembic('stamp', '--purge', '--sql', 'head')]),
  fails('Stamp operation with --sql only supports a single starting revision', 'offline-usage', fork, [
    alembic('stamp', '--sql', 'aa01:aa02', 'aa02:bb02'),
  ]),
]
