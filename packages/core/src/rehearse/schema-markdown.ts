import type { RehearsedSchema } from './rehearsal.js'
import type { SchemaItem, SchemaKind } from './schema.js'

/** How the kinds are called when several of one stand together, in the order in which they are told. */
const PARTS: readonly (readonly [SchemaKind, string])[] = [
  ['primary key', 'Primary key'],
  ['foreign key', 'Foreign keys'],
  ['unique constraint', 'Unique constraints'],
  ['check constraint', 'Check constraints'],
  ['index', 'Indexes'],
  ['trigger', 'Triggers'],
]

const OTHERS: readonly (readonly [SchemaKind, string])[] = [
  ['enum', 'Enums'],
  ['sequence', 'Sequences'],
  ['function', 'Functions'],
  ['extension', 'Extensions'],
]

/**
 * The schema as a document: tables with their columns, constraints and indexes, then what belongs to no table. The same schema always
 * gives the same text, wherever it was made. Ends with a line end. Pure.
 */
export function formatSchemaMarkdown(name: string, schemas: readonly RehearsedSchema[]): string {
  const blocks = schemas.flatMap(({ database, items }) => [
    ...(database === null ? [] : [`## ${escaped(database)}`]),
    ...describe(items, database === null ? '##' : '###'),
  ])
  const about = `The schema after the last revision, as \`onehead rehearse ${name} --write-schema\` found it. Do not edit.`
  return `${[`# Schema of ${escaped(name)}`, about, ...blocks].join('\n\n')}\n`
}

function describe(items: readonly SchemaItem[], level: string): readonly string[] {
  const tables = items.filter(({ kind }) => kind === 'table').sort(byTable)
  const views = items.filter(({ kind }) => kind === 'view').sort(byTable)
  const others = OTHERS.flatMap(([kind, title]) => {
    const some = items.filter((one) => one.kind === kind)
    return some.length === 0 ? [] : [`${level} ${title}`, listOf(some)]
  })
  return [
    ...tables.flatMap((table) => describeTable(table, items, level)),
    ...views.flatMap(({ table, text }) => [`${level} View ${escaped(table ?? '')}`, `\`\`\`sql\n${text}\n\`\`\``]),
    ...others,
  ]
}

function describeTable({ table, text }: SchemaItem, items: readonly SchemaItem[], level: string): readonly string[] {
  const own = items.filter((one) => one.table === table)
  const columns = own.filter(({ kind }) => kind === 'column')
  const rows = columns.map((column) => `| ${cell(column.name)} | ${cell(column.text)} |`)
  const parts = PARTS.flatMap(([kind, title]) => {
    const some = own.filter((one) => one.kind === kind)
    return some.length === 0 ? [] : [`${title}:`, listOf(some)]
  })
  return [
    `${level} ${escaped(table ?? '')}`,
    ...(text === '' ? [] : [escaped(text)]),
    ...(rows.length === 0 ? [] : [`| column | type |\n| --- | --- |\n${rows.join('\n')}`]),
    ...parts,
  ]
}

function listOf(items: readonly SchemaItem[]): string {
  const lines = items.map(({ name, text }) => `- ${name === '' ? '' : `${code(name)} `}${code(text)}`.trimEnd())
  return lines.sort().join('\n')
}

const byTable = (a: SchemaItem, b: SchemaItem): number => ((a.table ?? '') < (b.table ?? '') ? -1 : 1)

/** In backticks, whatever backticks are in it. */
function code(text: string): string {
  if (text === '') return ''
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  if (longest === 0) return `\`${text}\``
  const fence = '`'.repeat(longest + 1)
  return `${fence} ${text} ${fence}`
}

const cell = (text: string): string => escaped(text).replaceAll('|', '\\|')

const escaped = (text: string): string => text.replace(/[\\`*_<>[\]]/g, (one) => `\\${one}`).replace(/\s+/g, ' ')
