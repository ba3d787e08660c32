import type { RuleContext } from '../rule.js'

/** Whose it is, where a push is judged; whether it may still be changed, elsewhere. Silent where nobody can tell. */
export function standing(context: RuleContext, id: string): string[] {
  const { publishing } = context
  if (publishing?.before.map.has(id)) return [`on ${publishing.target}`]
  if (publishing !== null && !context.mayBePublished(id)) return ['yours']
  if (context.isPublished(id)) return ['published']
  return context.mayBePublished(id) ? [] : ['not published yet']
}
