import type { BrokenEnvironment, Environment, History } from '../history/history.js'
import type { ScriptOperations } from '../operations/operation.js'
import { fingerprint } from './engine/fingerprint.js'
import { Ignores } from './engine/ignores.js'
import { Places } from './engine/places.js'
import { findRule, nearestRuleName, type RuleName, rules } from './registry.js'
import type {
  CommandsContext,
  Diagnostic,
  Finding,
  FoldedDiagnostics,
  Level,
  Publishing,
  Rule,
  RuleContext,
  SettingsContext,
  Severity,
} from './rule.js'

export interface JudgeOptions {
  /** The level of a rule in an environment, given by its script directory; `null` for what belongs to none. */
  readonly levels: (rule: RuleName, environment: string | null, byDefault: Level) => Level
  /** `null` when nobody can tell: nothing is then folded as published, and no fix rewrites what may be. */
  readonly isPublished: (environment: Environment, revision: string) => boolean | null
  /** Fingerprints of parked findings. */
  readonly baseline: ReadonlySet<string>
  /** `new`: debt is folded; `all`: nothing is; `none`: script rules do not run. */
  readonly scripts: 'new' | 'all' | 'none'
  /** Only these rules; all when left out. */
  readonly only?: readonly string[]
  /** Bytes of a script or configuration file; empty where there is nothing to read. */
  readonly source: (path: string) => Uint8Array
  /** What a script does; null where it cannot be parsed, for all of them when left out. */
  readonly operations?: (path: string) => ScriptOperations | null
  /** What is published already: only where a push is judged. */
  readonly publishing?: Publishing | null
}

/** What was found: in full, and folded to a line per rule. */
export interface Judgement {
  readonly diagnostics: readonly Diagnostic[]
  readonly folded: readonly FoldedDiagnostics[]
}

interface Candidate {
  readonly rule: Rule
  readonly severity: Severity
  readonly rank: number
  readonly finding: Finding
}

type Place = Pick<Environment, 'name' | 'path'>
const WORKSPACE: Place = { name: 'the workspace', path: '.' }

/** Runs all rules over one history: causes before consequences, then by path and line. Pure. */
export function judgeHistory(history: History, options: JudgeOptions): Judgement {
  const { environment } = history
  const places = new Places(options.source)
  const ignores = new Ignores(history, places)
  const ran = new Set<string>()
  const candidates: Candidate[] = []
  // One for all rules, which may remember by it what they have worked out together.
  const shared = contextOf(history, options)
  const run = (rule: Rule, rank: number, context: RuleContext) => {
    const severity = levelOf(rule, environment.path, options)
    if (severity === 'off') return
    if (rule.scope === 'script' && options.scripts === 'none') return
    if (rule.scope === 'publishing' && !options.publishing) return
    ran.add(rule.name)
    for (const finding of rule.check(context)) {
      if (ignores.silences(rule.name, finding)) continue
      candidates.push({ rule, severity: lesser(severity, finding.atMost), rank, finding })
    }
  }
  rules.forEach((rule, rank) => {
    if (rule.name !== 'unused-ignore') run(rule, rank, shared)
  })
  // Behind a cause the consequences stay unsaid, so that their ignores look unused without being so.
  const settled = history.error === null && !history.uncertain && history.map.duplicates.size === 0
  const couldTell = ({ name, scope }: Rule) => ran.has(name) && (settled || scope === 'script')
  const names = { find: findRule, nearest: nearestRuleName }
  rules.forEach((rule, rank) => {
    if (rule.name === 'unused-ignore') run(rule, rank, { ...shared, ignores: ignores.uses(names, couldTell) })
  })
  return settle(candidates, environment, options, places, publishedFindings(history, options))
}

/** A configuration that yields no history. */
export function judgeBroken(broken: BrokenEnvironment, options: JudgeOptions): Judgement {
  const place = { name: broken.name, path: broken.config }
  return judgeOther(place, options, (rule) => rule.checkBroken?.(broken) ?? [])
}

/** What `onehead.json` says of environments that are not there. */
export function judgeSettings(settings: SettingsContext, options: JudgeOptions): Judgement {
  const place = { name: settings.path, path: settings.path }
  return judgeOther(place, options, (rule) => rule.checkSettings?.(settings) ?? [])
}

/** Commands that the workspace runs by itself. */
export function judgeCommands(commands: CommandsContext, options: JudgeOptions): Judgement {
  return judgeOther(WORKSPACE, options, (rule) => rule.checkCommands?.(commands) ?? [])
}

/** Several judgements as one: diagnostics in the order given, folded lines joined by rule and reason. */
export function joinJudgements(judgements: Iterable<Judgement>): Judgement {
  const diagnostics: Diagnostic[] = []
  const folded = new Map<string, FoldedDiagnostics>()
  for (const judgement of judgements) {
    for (const diagnostic of judgement.diagnostics) diagnostics.push(diagnostic)
    for (const line of judgement.folded) {
      const key = `${line.rule}\0${line.severity}\0${line.reason}`
      const known = folded.get(key)
      folded.set(key, known === undefined ? line : joinLines(known, line))
    }
  }
  return { diagnostics, folded: sortFolded([...folded.values()]) }
}

/** Everything at once, for callers that hold all histories in memory. */
export function judge(
  subject: {
    readonly histories: readonly History[]
    readonly broken?: readonly BrokenEnvironment[]
    readonly settings?: SettingsContext
    readonly commands?: CommandsContext
  },
  options: JudgeOptions,
): Judgement {
  const judgements = subject.histories.map((history) => judgeHistory(history, options))
  for (const broken of subject.broken ?? []) judgements.push(judgeBroken(broken, options))
  if (subject.settings !== undefined) judgements.push(judgeSettings(subject.settings, options))
  if (subject.commands !== undefined) judgements.push(judgeCommands(subject.commands, options))
  return joinJudgements(judgements)
}

function judgeOther(place: Place, options: JudgeOptions, check: (rule: Rule) => readonly Finding[]): Judgement {
  const candidates: Candidate[] = []
  rules.forEach((rule: Rule, rank) => {
    const severity = levelOf(rule, null, options)
    if (severity === 'off') return
    for (const finding of check(rule)) candidates.push({ rule, severity, rank, finding })
  })
  return settle(candidates, place, options, new Places(options.source), () => false)
}

function contextOf(history: History, options: JudgeOptions): RuleContext {
  const { environment } = history
  return {
    history,
    ignores: [],
    publishing: options.publishing ?? null,
    source: options.source,
    operations: options.operations ?? (() => null),
    isJudged: (revision) => options.scripts === 'all' || options.isPublished(environment, revision) !== true,
    isPublished: (revision) => options.isPublished(environment, revision) === true,
    mayBePublished: (revision) => options.isPublished(environment, revision) !== false,
  }
}

function levelOf(rule: Rule, environment: string | null, options: JudgeOptions): Level {
  if (options.only !== undefined && !options.only.includes(rule.name)) return 'off'
  return options.levels(rule.name as RuleName, environment, rule.severity)
}

const SEVERITIES: readonly Severity[] = ['info', 'warn', 'error']

function lesser(severity: Severity, atMost: Severity = severity): Severity {
  return SEVERITIES[Math.min(SEVERITIES.indexOf(severity), SEVERITIES.indexOf(atMost))]!
}

/** A finding is published when every script that it labels is; one about other files never is. */
function publishedFindings(history: History, options: JudgeOptions): (finding: Finding) => boolean {
  let ids: Map<string, string> | null = null
  return (finding) => {
    ids ??= idsByPath(history)
    const known = ids
    return (
      finding.labels.length > 0 &&
      finding.labels.every(({ path }) => {
        const id = known.get(path)
        return id !== undefined && options.isPublished(history.environment, id) === true
      })
    )
  }
}

function idsByPath(history: History): Map<string, string> {
  const ids = new Map<string, string>()
  for (const script of history.scripts) ids.set(script.path, script.revision)
  for (const { path, reading } of history.unreadable) {
    const revision = reading?.revision
    if (revision?.kind === 'value' && revision.literal.type === 'string') ids.set(path, revision.literal.value)
  }
  return ids
}

/** Folds what is old, and gives the rest its range, level and fingerprint. */
function settle(
  candidates: Candidate[],
  place: Place,
  options: JudgeOptions,
  places: Places,
  isPublished: (finding: Finding) => boolean,
): Judgement {
  candidates.sort(inOrder)
  const diagnostics: Diagnostic[] = []
  const folded = new Map<string, FoldedDiagnostics>()
  const seen = new Map<string, number>()
  for (const { rule, severity, finding } of candidates) {
    const print = fingerprintOf(rule, place, finding, seen)
    const reason = rule.scope === 'publishing' ? null : reasonToFold(finding, print, options, isPublished)
    if (reason !== null) {
      const line = { rule: rule.name, severity, environments: [place.name], count: 1, reason }
      const known = folded.get(rule.name + reason)
      folded.set(rule.name + reason, known === undefined ? line : joinLines(known, line))
      continue
    }
    diagnostics.push(diagnosticOf(rule, severity, place, finding, print, places))
  }
  return { diagnostics, folded: sortFolded([...folded.values()]) }
}

/** The same thing found twice in one environment is told apart by its number. */
function fingerprintOf(rule: Rule, place: Place, finding: Finding, seen: Map<string, number>): string {
  const parts = [rule.name, place.path, ...finding.key]
  const print = fingerprint(parts)
  const number = seen.get(print) ?? 0
  seen.set(print, number + 1)
  return number === 0 ? print : fingerprint([...parts, String(number)])
}

/** What stops Alembic, or keeps us from telling, is never old debt; nor is what a push does to published scripts. */
function reasonToFold(
  finding: Finding,
  print: string,
  options: JudgeOptions,
  isPublished: (finding: Finding) => boolean,
): FoldedDiagnostics['reason'] | null {
  if (options.scripts === 'all' || finding.stopsAlembic === true || finding.hidesFacts === true) return null
  if (options.baseline.has(print)) return 'baseline'
  return isPublished(finding) ? 'published' : null
}

function diagnosticOf(
  rule: Rule,
  severity: Severity,
  place: Place,
  finding: Finding,
  print: string,
  places: Places,
): Diagnostic {
  const placed = <T extends { readonly path: string; readonly span: { start: number; end: number }; text: string }>({
    path,
    span,
    text,
  }: T) => ({ path, range: places.range(path, span), text })
  const fix = finding.fix ?? null
  return {
    rule: rule.name,
    severity,
    environment: place.name,
    message: finding.message,
    fingerprint: print,
    labels: finding.labels.map(placed),
    notes: finding.notes ?? [],
    help: finding.help ?? null,
    fix: fix && { applicability: fix.applicability, edits: fix.edits.map(placed), command: fix.command },
    rewrite: finding.rewrite ?? [],
    graph: finding.graph ?? [],
    stopsAlembic: finding.stopsAlembic === true,
    hidesFacts: finding.hidesFacts === true,
  }
}

function inOrder(a: Candidate, b: Candidate): number {
  if (a.rank !== b.rank) return a.rank - b.rank
  const first = a.finding.labels[0]
  const second = b.finding.labels[0]
  if (first === undefined || second === undefined) return 0
  if (first.path !== second.path) return first.path < second.path ? -1 : 1
  return first.span.start - second.span.start
}

function joinLines(a: FoldedDiagnostics, b: FoldedDiagnostics): FoldedDiagnostics {
  const environments = [...new Set([...a.environments, ...b.environments])].sort()
  return { ...a, environments, count: a.count + b.count }
}

function sortFolded(lines: FoldedDiagnostics[]): FoldedDiagnostics[] {
  const order = (line: FoldedDiagnostics) => rules.findIndex((rule) => rule.name === line.rule)
  return lines.sort((a, b) => order(a) - order(b) || (a.reason < b.reason ? 1 : -1))
}
