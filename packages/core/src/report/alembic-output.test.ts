import { describe, expect, it } from 'vitest'
import { findPrintedError, findRunningStep } from './alembic-output.js'

describe('the error in an output', () => {
  it('is what Alembic says in words', () => {
    const stdout = "FAILED: Can't locate revision identified by\n  'gone12345'\n"
    const stderr =
      "INFO  [alembic.runtime.migration] Context impl SQLiteImpl.\nERROR [alembic.util.messaging] Can't locate\n"
    expect(findPrintedError(stdout, stderr)).toEqual({
      type: null,
      message: "Can't locate revision identified by 'gone12345'",
      statement: null,
    })
  })

  it.each([
    ["Error: Can't locate revision identified by 'gone12345'\n", "Can't locate revision identified by 'gone12345'"],
    ['ERROR [flask_migrate] Error: Multiple heads are present\n', 'Multiple heads are present'],
    ["Usage: flask [OPTIONS] COMMAND\n\nError: No such command 'db'.\n", "No such command 'db'."],
    ['usage: alembic [-h]\nalembic: error: too few arguments\n', 'too few arguments'],
    [
      'usage: alembic merge [-h]\nalembic merge: error: unrecognized arguments: --splice\n',
      'unrecognized arguments: --splice',
    ],
  ])('is what Flask and argparse say in words: %s', (stderr, message) => {
    expect(findPrintedError('', stderr)).toEqual({ type: null, message, statement: null })
  })

  it('is the last exception of a traceback, with its statement apart', () => {
    const stderr = `Traceback (most recent call last):
  File "base.py", line 1967, in _exec_single_context
    cursor.execute(statement)
psycopg2.errors.UniqueViolation: could not create unique index "ux"
DETAIL:  Key (name)=(a) is duplicated.

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "env.py", line 78, in <module>
    run_migrations_online()
    ~~~~~~~~~~~~~~~~~~~~~^^
sqlalchemy.exc.IntegrityError: (psycopg2.errors.UniqueViolation) could not create unique index "ux"
DETAIL:  Key (name)=(a) is duplicated.

[SQL: 
CREATE UNIQUE INDEX ux
ON customer (name)]
(Background on this error at: https://sqlalche.me/e/20/gkpj)
`
    expect(findPrintedError('', stderr)).toEqual({
      type: 'sqlalchemy.exc.IntegrityError',
      message:
        '(psycopg2.errors.UniqueViolation) could not create unique index "ux" DETAIL: Key (name)=(a) is duplicated.',
      statement: 'CREATE UNIQUE INDEX ux\nON customer (name)',
    })
  })

  it.each([
    ['KeyboardInterrupt', { type: 'KeyboardInterrupt', message: '' }],
    ["KeyError: 'zzzz'", { type: 'KeyError', message: "'zzzz'" }],
    ['EOFError: EOF when reading a line', { type: 'EOFError', message: 'EOF when reading a line' }],
    [
      'sqlite3.OperationalError: no such table: t\n[SQL: INSERT INTO t VALUES (?)]\n[parameters: (1,)]',
      { type: 'sqlite3.OperationalError', message: 'no such table: t', statement: 'INSERT INTO t VALUES (?)' },
    ],
  ])('is found whatever the exception says: %s', (said, expected) => {
    const stderr = `Traceback (most recent call last):\n  File "env.py", line 1, in <module>\n    run()\n${said}\n`
    expect(findPrintedError('', stderr)).toEqual({ statement: null, ...expected })
  })

  it('is nothing where nothing went wrong', () => {
    expect(findPrintedError('8b1f2c7d90aa (head)\n', 'INFO  [alembic.runtime.migration] Context impl\n')).toBeNull()
  })
})

describe('the step that was announced last', () => {
  it('names the script whose function was called', () => {
    const log = (text: string) => `INFO  [alembic.runtime.migration] Running ${text}\n`
    const both = log('upgrade  -> aa01, first') + log('upgrade aa01 -> aa02, rename x -> y')
    expect(findRunningStep(both)).toEqual({ direction: 'upgrade', revision: 'aa02' })
    expect(findRunningStep(log('upgrade aa01, aa02 -> aa03'))).toEqual({ direction: 'upgrade', revision: 'aa03' })
    expect(findRunningStep(log('downgrade aa03 -> aa01, aa02, merge both'))).toEqual({
      direction: 'downgrade',
      revision: 'aa03',
    })
    expect(findRunningStep('Running stamp_revision  -> aa01')).toBeNull()
  })
})
