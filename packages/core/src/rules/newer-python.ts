import { defineRule } from './rule.js'

export const newerPython = defineRule({
  name: 'newer-python',
  severity: 'warn',
  scope: 'script',
  summary: 'a script uses syntax that Python 3.11 does not have',
  check: ({ history }) =>
    history.scripts.flatMap(({ path, revision, reading: { requires } }) =>
      requires === undefined
        ? []
        : [
            {
              message: `only Python ${requires.python} and newer can load this script`,
              labels: [{ path, span: requires.span, text: requires.feature }],
              notes: ['where an older Python runs Alembic, every command ends in a SyntaxError'],
              help: `write it so that older interpreters can read it, or run Alembic with Python ${requires.python}`,
              key: [revision, requires.feature],
            },
          ],
    ),
})
