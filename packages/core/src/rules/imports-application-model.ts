import type { ImportedName } from '../operations/operation.js'
import type { Script } from '../script/script.js'
import { defineRule, type Finding, type RuleContext } from './rule.js'
import { codeOf, labelAt } from './support/lint/code.js'
import { newScripts } from './support/lint/new-operations.js'

export const importsApplicationModel = defineRule({
  name: 'imports-application-model',
  severity: 'warn',
  scope: 'script',
  summary: 'a script works with models of the application',
  check: (context) =>
    newScripts(context).flatMap(({ script, operations }) => {
      const spans = new Set<number>()
      return operations.imports.filter(mayBeModel).flatMap((one) => {
        const code = codeOf(context, { script }, { start: 0, end: context.source(script.path).length })
        // One statement may name several.
        if (spans.has(one.span.start)) return []
        if (!isUsedAsModel(code, one, codeOf(context, { script }, one.span))) return []
        spans.add(one.span.start)
        return [finding(context, script, one)]
      })
    }),
})

/** Libraries that call something a model without being the application. */
const LIBRARIES =
  /^(?:sqlalchemy|sqlmodel|alembic|flask_sqlalchemy|fastapi_users\w*|sqlalchemy_\w+|geoalchemy2|pgvector|advanced_alchemy)(?:\.|$)/

const MODELS = /(?:^|[._])(?:models?|entities|orm)(?:\.|$)/
/** What applications call the base of their models, and the object that has them all. */
const BASES = new Set(['Base', 'db'])

function mayBeModel({ module, name, level }: ImportedName): boolean {
  if (level === 0 && (module === '' || LIBRARIES.test(module))) return false
  return MODELS.test(module) || (name !== null && (BASES.has(name) || MODELS.test(name)))
}

/**
 * Column types and constants live beside models, and a script may well need them: what counts is that rows are asked for or
 * written by the model, or that its tables are taken.
 */
function isUsedAsModel(code: string, { module, name }: ImportedName, statement: string): boolean {
  const own = name ?? module
  const alias = new RegExp(`(?:^|[\\s,(])${escaped(own)}\\s+as\\s+(\\w+)`).exec(statement)?.[1]
  const called = escaped(alias ?? own)
  // Of a module, or of all names of one, nobody can say where its models are used: any of its capitals may be one.
  const model =
    name === '*' ? '[A-Z]\\w*[a-z]\\w*' : name === null || MODELS.test(own) ? `${called}\\.[A-Z]\\w*` : called
  const verbs = 'query|select|insert|update|delete|exists|aliased|get|merge|bulk_save_objects|bulk_insert_mappings'
  return [
    `\\b(?:${verbs})\\(\\s*\\[?\\s*${model}\\b(?!\\s*\\()`,
    `\\b${model}\\.(?:query|objects|session|metadata\\.(?:create_all|drop_all|tables|sorted_tables)|__table__|select|insert|update|delete)\\b`,
    `\\.add(?:_all)?\\(\\s*\\[?\\s*${model}\\(`,
  ].some((pattern) => new RegExp(pattern).test(code))
}

/** `Invoice` becomes a table of its own; the name in the database may be another. */
function tableCode({ name }: ImportedName): string {
  const isClass = name !== null && /^[A-Z]\w*[a-z]/.test(name) && !BASES.has(name)
  const table = isClass ? name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase() : 'invoice'
  return `${table} = sa.table('${table}', sa.column('id', sa.Integer()))`
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&')
}

function finding(context: RuleContext, script: Script, one: ImportedName): Finding {
  const from = `${'.'.repeat(one.level)}${one.module}`
  return {
    message: `${script.revision} works with ${one.name === null ? from : `${one.name} of ${from}`}`,
    labels: [labelAt({ script, operation: one }, 'what the application is now, not what it was then')],
    notes: [
      'the script runs for years, on every new database: it fails once a model has a column that comes later, or has moved',
    ],
    help: context.isPublished(script.revision) ? null : 'describe in the script what it needs',
    ...(context.isPublished(script.revision)
      ? {}
      : {
          rewrite: [{ title: 'with the columns that the script uses', code: [tableCode(one)] }],
        }),
    key: [script.revision, from, one.name ?? ''],
  }
}
