import { defineRule, type Finding, type RuleContext } from './rule.js'
import { labelAt } from './support/lint/code.js'
import { type NewOperation, newOperations } from './support/lint/new-operations.js'
import { pluralOf } from './support/plural.js'

type Place = NewOperation<'create_table' | 'rename_table'>

export const pluralTableNames = defineRule({
  name: 'plural-table-names',
  severity: 'off',
  scope: 'script',
  summary: 'a new table has a singular name',
  check: (context) =>
    newOperations<Place['operation']['kind']>(context, 'create_table', 'rename_table').flatMap((at) => {
      const name = at.operation.kind === 'create_table' ? at.operation.table : at.operation.newName
      const plural = name === null ? null : pluralOf(name)
      return name === null || plural === null ? [] : [finding(context, at, name, plural)]
    }),
})

function finding(context: RuleContext, at: Place, name: string, plural: string): Finding {
  return {
    message: `table ${name} has a singular name`,
    labels: [labelAt(at, plural)],
    notes: ['tables are called by many here: a name that is not takes others for a slip'],
    help: context.isPublished(at.script.revision) ? null : `call it ${plural}, here and in the model`,
    key: [at.script.revision, name],
  }
}
