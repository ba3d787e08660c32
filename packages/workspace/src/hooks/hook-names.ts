/** The git hooks that onehead can be called from, in the order in which they are shown. */
export const hookNames = [
  'pre-push',
  'post-merge',
  'post-rewrite',
  'post-checkout',
  'post-commit',
  'pre-commit',
  'pre-merge-commit',
] as const

export type HookName = (typeof hookNames)[number]

/** What `init` installs unless told otherwise: the gate, and every moment in which a history may change under somebody. */
export const usualHooks: readonly HookName[] = [
  'pre-push',
  'post-merge',
  'post-rewrite',
  'post-checkout',
  'post-commit',
]

/** What each is for, in a few words. */
export const hookPurposes: Readonly<Record<HookName, string>> = {
  'pre-push': 'stops a push that would bring a second head',
  'post-merge': 'tells what a pull or a merge brought',
  'post-rewrite': 'tells what a rebase brought',
  'post-checkout': 'tells when a database belongs to the branch you left',
  'post-commit': 'tells what a merge brought that had to be finished by hand',
  'pre-commit': 'judges what is staged',
  'pre-merge-commit': 'judges a merge before it is committed',
}

/** A gate may stop git; a messenger only tells. */
export const isGate = (name: HookName): boolean => name.startsWith('pre-')

/** Git writes to standard input of these, and what comes behind us in the file may want to read it too. */
export const readsInput = (name: HookName): boolean => name === 'pre-push' || name === 'post-rewrite'
