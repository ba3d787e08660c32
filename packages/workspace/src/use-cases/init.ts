import { loadConfiguration } from '../configuration/index.js'
import { readOperatorSettings } from '../gate/operator.js'
import { listKnownRefs } from '../git/known-refs.js'
import type { GuardPlan } from '../guard/index.js'
import { applyInstallation } from '../hooks/apply.js'
import { refuseTarget } from '../hooks/check-target.js'
import type { InstallationFacts } from '../hooks/facts.js'
import { type FactOptions, loadFacts } from '../hooks/load-facts.js'
import { type InstallationPlan, type InstallationWish, planInstallation, withRefusal } from '../hooks/plan.js'
import { planRemoval } from '../hooks/plan-removal.js'
import { findRoot } from '../root.js'
import { workingTree } from '../snapshot/working-tree.js'
import { removeGuards } from './guard.js'

export interface InitOptions extends InstallationWish {
  /** Absolute; anywhere in the repository. */
  readonly folder: string
  readonly uninstall?: boolean
  /** Plan only. */
  readonly dryRun?: boolean
}

export interface InitResult {
  readonly plan: InstallationPlan
  /** Absolute; what the paths of the plan are relative to. */
  readonly top: string
  /** False for a dry run, with refusals, and where there was nothing to do. */
  readonly applied: boolean
  /** What goes besides when everything is taken out; its paths are relative to the workspace. */
  readonly guards: GuardPlan | null
}

/**
 * Installs the hooks of onehead, or takes them out, and with them every guard in an env.py. Asks nobody and writes nothing when anything is refused.
 * Throws `UsageError` outside a repository and when husky or git refuse.
 */
export async function init(options: InitOptions): Promise<InitResult> {
  const { top, plan } = await planInit(options)
  const hasWork = plan.edits.length > 0 || plan.settings.length > 0 || plan.prepareHusky !== null
  const isWell = plan.refusals.length === 0
  const { root } = findRoot(options.folder)
  const planned = options.uninstall && isWell ? await removeGuards(root, true) : null
  const mayApply = !options.dryRun && isWell && !planned?.plan.refusals.length
  if (mayApply && hasWork) await applyInstallation(top, plan)
  const removed = planned !== null && mayApply ? await removeGuards(root, false) : planned
  return { plan, top, applied: mayApply && (hasWork || removed?.applied === true), guards: removed?.plan ?? null }
}

/** A plan for whoever applies it in another way (an Nx tree). */
export interface PlannedInit {
  /** Absolute; what the paths of the plan are relative to. */
  readonly top: string
  readonly plan: InstallationPlan
  /** package.json names the tool that the hooks call, or it is there. */
  readonly hasTool: boolean
}

/** The plan alone. Throws `UsageError` outside a repository. */
export async function planInit(options: InitOptions & FactOptions): Promise<PlannedInit> {
  const facts = await loadFacts(options.folder, options)
  const plan = options.uninstall ? planRemoval(facts) : await planWanted(facts, options)
  return { top: facts.top, plan, hasTool: facts.tool?.exists || facts.package?.content?.declaresTool || false }
}

/** A target is looked for first: with one that is not there every push would be judged alone. */
async function planWanted(facts: InstallationFacts, wish: InstallationWish): Promise<InstallationPlan> {
  const plan = await planInstallation(facts, wish)
  if (wish.target === null) return plan
  const [settings, refs] = await Promise.all([readOperatorSettings(facts.top), listKnownRefs(facts.top)])
  const refusal = refuseTarget(wish.target, settings, refs)
  return refusal === null ? plan : withRefusal(plan, refusal)
}

/** What only a person can answer, where it is open: nothing here is asked twice. */
export interface InitQuestions {
  /** `onehead.fetch` is not set. */
  readonly fetch: boolean
  /** The branch of a remote `upstream` that work may land on; neither git config nor onehead.json names a target yet. */
  readonly upstream: string | null
}

/** Throws `UsageError` outside a repository and for a broken onehead.json. */
export async function findInitQuestions(folder: string): Promise<InitQuestions> {
  const { fetch, upstream, target } = await loadFacts(folder)
  const isOpen = upstream !== null && target === null
  const configuration = isOpen ? await loadConfiguration(workingTree(findRoot(folder).root)) : null
  return { fetch: fetch === null, upstream: configuration?.target === null ? upstream : null }
}
