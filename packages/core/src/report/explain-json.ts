import type { ExplainReport, Explanation, Fact } from '../explain/explanation.js'
import { writeJson } from './json.js'

/** `explain <error> --format json`: one document with a line end. Paths are relative to the workspace root. */
export function formatExplanationsJson({ explanations, unknown, seen, notes }: ExplainReport): string {
  return writeJson({
    explanations: explanations.map(explanationJson),
    unknown,
    seen: seen.map(factJson),
    notes,
  })
}

/** `explain <rule> --format json`: its page as Markdown. */
export function formatRuleJson(
  rule: { readonly name: string; readonly severity: string; readonly summary: string },
  page: string,
): string {
  return writeJson({ rule: { name: rule.name, severity: rule.severity, summary: rule.summary, page } })
}

/** `explain --format json`: the rules there are, and the kinds of errors that are known. */
export function formatRuleListJson(
  rules: readonly { readonly name: string; readonly severity: string; readonly summary: string }[],
  kinds: readonly string[],
): string {
  return writeJson({ rules: rules.map(({ name, severity, summary }) => ({ name, severity, summary })), kinds })
}

function explanationJson(one: Explanation) {
  const { kind, weight, matched, cause, cure, rules, statement, environment, facts, rewrite, help, command } = one
  return {
    ...{ kind, weight, matched, cause, cure, rules, statement, environment },
    facts: facts.map(factJson),
    rewrite: rewrite.map(({ title, code }) => ({ title, code })),
    help,
    command,
  }
}

function factJson({ environment, message, places }: Fact) {
  return {
    environment,
    message,
    places: places.map(({ path, line, column, text }) => ({ path, line, column, text })),
  }
}
