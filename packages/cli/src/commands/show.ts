import type { HistoryReport, RevisionReport } from '@onehead/core'
import { nearest } from '../arguments.js'
import { type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'
import { commitOption, findPlace, placeOptions } from '../place.js'

export const show: Command = {
  takes: '<revision> [environment…]',
  options: [formatOption('text', 'json'), commitOption, ...placeOptions],
  about: `Shows a revision as \`alembic show\` does, in every history that has it. The revision is written as for Alembic: an id or
its beginning, a branch label, head, heads, base, or label@head.`,
  examples: ['onehead show 8b1f', 'onehead show head services/billing'],
  async run({ given, world, look }) {
    const [identifier, ...named] = given.positionals
    if (identifier === undefined) throw new CommandLineError('no revision is named', 'write onehead show <revision>')
    const [core, workspace] = await Promise.all([import('@onehead/core'), import('@onehead/workspace')])
    const place = findPlace(given, named, world, workspace.findRoot)
    const { environments } = await workspace.listHistory({ ...place, at: given.value('at') })
    const refusals: string[] = []
    const found = environments.flatMap((environment) => {
      if (environment.revisions === null) return []
      const resolved = resolve(environment, environment.revisions, identifier)
      if ('refusal' in resolved) refusals.push(resolved.refusal)
      else if (resolved.revisions.length > 0) return [{ ...environment, revisions: resolved.revisions }]
      return []
    })
    const unread = core.formatRefusals(environments, { ...look, at: given.value('at') })
    if (found.length === 0) {
      if (unread !== '') return { exitCode: 1, stdout: '', stderr: unread }
      throw nothingShown(identifier, environments, refusals)
    }
    const exitCode = unread === '' ? 0 : 1
    if (given.value('format') === 'json') return { exitCode, stdout: core.formatShowJson(found) }
    return { exitCode, stdout: core.formatShow(found, { ...look, showPath: place.showPath }), stderr: unread }

    /** Alembic's own look-up, on the revisions of a report. */
    function resolve(environment: HistoryReport, revisions: readonly RevisionReport[], wanted: string) {
      const ids = new Set(revisions.map(({ revision }) => revision))
      const named = revisions.flatMap(({ downRevisions, dependsOn }) => [...downRevisions, ...dependsOn])
      const labels = new Set(revisions.flatMap(({ declaredBranchLabels }) => declaredBranchLabels))
      // The history did load, so parents that are not in it live in another package.
      const external = new Set(named.filter((id) => !ids.has(id) && !labels.has(id)))
      const map = new core.RevisionMap(
        revisions.map((revision) => ({ ...revision, branchLabels: revision.declaredBranchLabels })),
        { external },
      )
      const resolved = map.resolve(wanted)
      if ('error' in resolved)
        return {
          refusal: environments.length > 1 ? `${environment.name}: ${resolved.error.message}` : resolved.error.message,
        }
      const byId = new Map(revisions.map((revision) => [revision.revision, revision]))
      const found = resolved.revisions.map(({ revision }) => byId.get(revision)!)
      // Several can only be heads, which Alembic lists in load order; the report's revisions are in another.
      const order = environment.heads ?? []
      return { revisions: found.sort((a, b) => order.indexOf(a.revision) - order.indexOf(b.revision)) }
    }
  },
}

function nothingShown(
  identifier: string,
  environments: readonly HistoryReport[],
  refusals: readonly string[],
): CommandLineError {
  const ids = environments.flatMap(({ revisions }) => (revisions ?? []).map(({ revision }) => revision))
  const near = nearest(identifier, ids)
  const where = environments.length === 1 ? `in ${environments[0]!.name}` : `in ${environments.length} environments`
  const help = near ? `did you mean ${near}?` : (refusals[0] ?? 'list the revisions with: onehead history')
  return new CommandLineError(`no revision "${identifier}" ${where}`, help)
}
