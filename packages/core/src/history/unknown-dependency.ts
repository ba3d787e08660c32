import type { Script } from '../script/script.js'

/**
 * True where the script itself sets `depends_on` to something only Python knows. A star import or an `exec` might set every
 * name at once and in old scripts never sets this one: such a script is unknown too, but nothing to stop anybody for.
 */
export function hasUnknownDependency({ unknown, reading }: Script): boolean {
  if (!unknown.includes('depends_on')) return false
  const { dependsOn, branchLabels } = reading
  if (dependsOn.kind !== 'dynamic' || branchLabels.kind !== 'dynamic') return true
  const [own, other] = [dependsOn.span, branchLabels.span]
  return own.start !== other.start || own.end !== other.end
}
