import type { BrokenEnvironment, EnvironmentSettings, History } from '../../packages/core/src/history/history.js'
import { loadOperationsReader } from '../../packages/core/src/operations/load.js'
import { judge } from '../../packages/core/src/rules/judge.js'
import type { Diagnostic, Level, Publishing } from '../../packages/core/src/rules/rule.js'
import { holdsCommands } from '../../packages/core/src/rules/support/command-files.js'
import { loadParser } from '../../packages/core/src/script/parse.js'
import { sameMeaning } from '../../packages/core/src/script/same-meaning.js'
import type { Edit } from '../../packages/core/src/text/span.js'
import { type Files, readHistory } from './read-history.js'

/** One fenced block of a rule's doc. */
interface Block {
  readonly language: string
  /** `path=…` of the fence, or null. */
  readonly path: string | null
  readonly text: string
}

/** One `### Fires: …` (or `Silent:`, `Ignored:`) section below `## Example`. */
export interface RuleExample {
  readonly kind: 'fires' | 'silent' | 'ignored'
  readonly title: string
  /** As they are judged; where `before` is given, as they will be once the push is merged. */
  readonly files: Files
  /** As they are published, where the example is about a push: blocks with `before=` and `path=`. */
  readonly before: Files | null
  readonly setting: ExampleSetting
  /** The lines that are expected, compact; empty when nothing is. */
  readonly expected: string
  /** What the fix changes, as `- old` and `+ new` lines, where the doc shows it. */
  readonly change: string | null
}

/** The `json setting` block: everything about an example that is not a file. */
export interface ExampleSetting extends Partial<EnvironmentSettings> {
  /** Ids that are published; the others are not. Left out: nobody can tell. */
  readonly published?: readonly string[]
  readonly kind?: 'alembic' | 'flask-migrate'
  readonly levels?: Readonly<Record<string, Level>>
  readonly loadedTwice?: readonly string[]
  /** A configuration that yields no history; `at` is the text in it that is wrong. */
  readonly broken?: { readonly message: string; readonly at: string; readonly help: string | null }
  /** Keys of `onehead.json` that match nothing, and the environments that there are. */
  readonly unmatched?: readonly string[]
  readonly environments?: readonly string[]
  /** Where a push is judged: ids that only files of the working tree declare, with their paths. */
  readonly uncommitted?: Readonly<Record<string, string>>
}

/** Headings of the second level that every rule's doc has, in this order. */
export const SECTIONS = ['What it finds', 'Why it matters', 'Example', 'How to fix', 'When to ignore']

export function sectionsOf(doc: string): string[] {
  return [...withoutFences(doc).matchAll(/^## (.+)$/gm)].map((match) => match[1]!)
}

function withoutFences(doc: string): string {
  return doc.replace(/^```[\s\S]*?^```$/gm, '')
}

/** Reads the examples of a rule's doc. Throws where the doc has a heading or a block that means nothing. */
export function readExamples(doc: string): RuleExample[] {
  const body = /^## Example$([\s\S]*?)^## How to fix$/m.exec(doc)?.[1]
  if (body === undefined) throw new Error('no "## Example" before "## How to fix"')
  return body
    .split(/^### /m)
    .slice(1)
    .map((section) => readExample(section))
}

function readExample(section: string): RuleExample {
  const title = section.slice(0, section.indexOf('\n'))
  const kind = /^(Fires|Silent|Ignored): ./.exec(title)?.[1]?.toLowerCase() as RuleExample['kind'] | undefined
  if (kind === undefined) throw new Error(`"### ${title}" begins with none of Fires:, Silent:, Ignored:`)
  const blocks = [...section.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```$/gm)].map(
    ([, language, info, text]): Block & { info: string } => ({
      language: language!,
      info: info ?? '',
      path: /^(?:path|before|after)=(.*)/.exec(info ?? '')?.[1] ?? null,
      text: text!,
    }),
  )
  const filesOf = (...kinds: readonly string[]): Files =>
    new Map(
      blocks.flatMap(({ path, info, text }) =>
        path !== null && kinds.includes(info.split('=', 1)[0]!) ? [[path, bytes(text)] as const] : [],
      ),
    )
  const isPush = blocks.some(({ info }) => /^(before|after)=/.test(info))
  const setting = blocks.find(({ info }) => info === 'setting')
  const textOf = (language: string) => blocks.find((block) => block.language === language && block.path === null)?.text
  return {
    kind,
    title,
    files: filesOf('path', 'after'),
    before: isPush || setting?.text.includes('"uncommitted"') ? filesOf('path', 'before') : null,
    setting: setting === undefined ? {} : (JSON.parse(setting.text) as ExampleSetting),
    expected: textOf('text')?.trimEnd() ?? '',
    change: textOf('diff')?.trimEnd() ?? null,
  }
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

const parser = await loadParser()
const readOperations = await loadOperationsReader()

/** Judges an example, with all rules. */
export function runExample(
  example: Pick<RuleExample, 'files' | 'setting'> & Partial<Pick<RuleExample, 'before'>>,
): readonly Diagnostic[] {
  const { files, setting, before = null } = example
  const { published, levels = {}, broken, unmatched } = setting
  const histories = broken === undefined && unmatched === undefined ? [historyOf(files, setting)] : []
  const subject = {
    histories,
    broken: broken === undefined ? [] : [brokenOf(files, broken)],
    ...(unmatched === undefined ? {} : { settings: settingsOf(files, setting) }),
    commands: { files: commandFilesOf(files), severalHeads: (setting.expectedHeads ?? 1) !== 1 },
  }
  return judge(subject, {
    levels: (rule, _environment, defaultLevel) => levels[rule] ?? defaultLevel,
    isPublished: (_environment, id) => (published === undefined ? null : published.includes(id)),
    baseline: new Set(),
    scripts: 'all',
    source: (path) => files.get(path) ?? before?.get(path) ?? new Uint8Array(),
    operations: (path) => readOperations(files.get(path) ?? new Uint8Array()),
    ...(before === null ? {} : { publishing: publishingOf(before, example) }),
  }).diagnostics
}

/** What a push would meet: every id that both sides have counts as edited, so that the rule must tell the difference. */
function publishingOf(before: Files, { files, setting }: Pick<RuleExample, 'files' | 'setting'>): Publishing {
  const published = historyOf(before, setting)
  const pushed = historyOf(files, setting)
  return {
    target: 'origin/main',
    before: published,
    sourceBefore: (path) => before.get(path)!,
    edited: new Set(published.scripts.map(({ revision }) => revision).filter((id) => pushed.map.has(id))),
    sameMeaning: (one, other, fileName) => sameMeaning(one, other, parser, fileName),
    uncommitted: new Map(Object.entries(setting.uncommitted ?? {})),
  }
}

function historyOf(files: Files, setting: ExampleSetting): History {
  const scripts = new Map([...files].filter(([path]) => path.startsWith('migrations/versions/')))
  return readHistory(scripts, setting)
}

function brokenOf(files: Files, { message, at, help }: NonNullable<ExampleSetting['broken']>): BrokenEnvironment {
  const [config, content] = [...files][0]!
  const start = new TextDecoder().decode(content).indexOf(at)
  const span = { start, end: start + at.length }
  return { name: 'billing', config, section: 'alembic', message, span, notes: [], help, error: null }
}

function commandFilesOf(files: Files) {
  return [...files].filter(([path]) => holdsCommands(path)).map(([path, content]) => ({ path, content }))
}

function settingsOf(files: Files, { unmatched = [], environments = [] }: ExampleSetting) {
  const [path, content] = [...files][0]!
  const text = new TextDecoder().decode(content)
  const keys = unmatched.map((key) => {
    const start = text.indexOf(JSON.stringify(key))
    return { key, span: { start, end: start + JSON.stringify(key).length } }
  })
  return { path, unmatched: keys, environments }
}

/** The compact form of the docs: a headline, and a line for each label. */
export function compact(diagnostics: readonly Diagnostic[]): string {
  const lines = diagnostics.flatMap(({ rule, severity, message, labels }) => [
    `${severity} ${rule}: ${message}`,
    ...labels.map(({ path, range, text }) => `  ${path}:${range.start.line}:${range.start.column} ${text}`.trimEnd()),
  ])
  return lines.join('\n')
}

/** The files after the edits. Throws when two edits touch. */
export function applyEdits(files: Files, edits: readonly Edit[]): Files {
  const after = new Map(files)
  const backwards = [...edits].sort((a, b) => b.span.start - a.span.start)
  const reached = new Map<string, number>()
  for (const { path, span, text } of backwards) {
    if (span.end > (reached.get(path) ?? Number.POSITIVE_INFINITY)) throw new Error(`edits of ${path} overlap`)
    reached.set(path, span.start)
    const before = after.get(path)!
    after.set(path, Uint8Array.from([...before.subarray(0, span.start), ...bytes(text), ...before.subarray(span.end)]))
  }
  return after
}

/** The edits of a diagnostic's fix, as spans. */
export function editsOf(diagnostic: Diagnostic): Edit[] {
  return (diagnostic.fix?.edits ?? []).map(({ path, range, text }) => ({
    path,
    text,
    span: { start: range.start.offset, end: range.end.offset },
  }))
}

/** Changed lines of all files, old before new, as a diff shows them. */
export function changedLines(before: Files, after: Files): string {
  const lines: string[] = []
  for (const [path, content] of before) {
    const old = linesOf(content)
    const now = linesOf(after.get(path)!)
    let start = 0
    while (start < old.length && start < now.length && old[start] === now[start]) start++
    let end = 0
    while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end++
    const oldPart = old.slice(start, old.length - end)
    const newPart = now.slice(start, now.length - end)
    const same = oldPart.length === newPart.length ? (index: number) => oldPart[index] === newPart[index] : () => false
    lines.push(...oldPart.filter((_, index) => !same(index)).map((line) => `- ${line}`.trimEnd()))
    lines.push(...newPart.filter((_, index) => !same(index)).map((line) => `+ ${line}`.trimEnd()))
  }
  return lines.join('\n')
}

function linesOf(content: Uint8Array): string[] {
  return new TextDecoder().decode(content).split('\n')
}

/** The same files as Windows editors write them: a byte order mark, CRLF line ends. */
export function asWindows(files: Files): Files {
  return new Map([...files].map(([path, content]) => [path, bytes(`\ufeff${text(content).replaceAll('\n', '\r\n')}`)]))
}

function text(content: Uint8Array): string {
  return new TextDecoder().decode(content)
}
