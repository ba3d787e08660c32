/** Hooks that may stop a commit; they run only where somebody has asked for them. */
export const COMMIT_GATES = ['pre-commit', 'pre-merge-commit'] as const

export type CommitGateName = (typeof COMMIT_GATES)[number]

export function isCommitGate(name: string): name is CommitGateName {
  return (COMMIT_GATES as readonly string[]).includes(name)
}
