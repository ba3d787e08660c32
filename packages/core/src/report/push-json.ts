import { diagnosticJson, writeJson } from './json.js'
import type { PushedBranch, PushFinding, PushReport } from './push-report.js'

/** `onehead hook pre-push --format json`: one document with a line end; the way past a hook is for people, and not in it. */
export function formatPushJson(report: PushReport): string {
  const { blocked, remote, notices, branches } = report
  return writeJson({ push: { blocked, remote, notices, branches: branches.map(branchJson) } })
}

function branchJson(branch: PushedBranch) {
  const { localRef, commit, target, method, textualConflicts, findings, untold, newRevisions } = branch
  return {
    localRef,
    branch: branch.branch,
    commit,
    target: target && { name: target.name, commit: target.commit, why: target.why, updatedAt: target.updatedAt },
    method,
    textualConflicts,
    newRevisions,
    findings: findings.map(findingJson),
    untold,
  }
}

function findingJson({ verdict, blocks, decided, others, diagnostic }: PushFinding) {
  return {
    verdict,
    blocks,
    decided,
    others: others.map(({ revision, author, authoredAt, subject, commit }) => {
      return { revision, author, authoredAt, subject, commit }
    }),
    diagnostic: diagnosticJson(diagnostic),
  }
}
