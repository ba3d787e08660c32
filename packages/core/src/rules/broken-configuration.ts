import { defineRule } from './rule.js'

export const brokenConfiguration = defineRule({
  name: 'broken-configuration',
  severity: 'error',
  scope: 'graph',
  summary: 'a configuration names an environment but cannot be used',
  checkBroken: ({ config, section, message, span, notes, help, command, error }) => [
    {
      message,
      labels: [{ path: config, span, text: '' }],
      notes: error === null ? notes : [...notes, `Alembic ends in \`${error.kind}: ${error.message}\``],
      help,
      fix: command === undefined ? null : { applicability: 'ask', edits: [], command },
      key: [section, message],
      stopsAlembic: error !== null,
      hidesFacts: true,
    },
  ],
})
