import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileChange } from '@onehead/core'
import type { RepairGit, RepairRecord } from '../../packages/workspace/src/apply/index.js'
import type { MovedRecord } from '../../packages/workspace/src/moves/index.js'
import type { GitRepository } from './git-world.js'
import { treeOf } from './trees.js'

/** A repair of billing, outside git, that moves nothing. */
export const aRecord: RepairRecord = {
  kind: 'fix',
  command: 'onehead fix',
  at: '2026-01-05T10:00:00Z',
  environments: ['billing'],
  git: null,
  moves: [],
}

/** A revision of billing that was re-parented over one of theirs. */
export const aMove: Omit<MovedRecord, 'repair'> = {
  environment: { path: 'billing', config: 'billing/alembic.ini', section: 'alembic' },
  revision: '3c9e51a7b204',
  formerly: '3c9e51a7b204',
  path: 'billing/versions/mine.py',
  from: ['8b1f2c7d90aa'],
  to: ['d41c77e0b6f3'],
  skipped: ['d41c77e0b6f3'],
  ways: [],
  when: '2026-01-05T10:00:00Z',
}

export function fileChange(path: string, before: string | null, after: string | null): FileChange {
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text))
  return { path, before: bytes(before), after: bytes(after) }
}

/** From what the file holds now. */
export function changeOf(repository: GitRepository, path: string, after: string | null): FileChange {
  const full = join(repository.root, path)
  return { ...fileChange(path, null, after), before: existsSync(full) ? readFileSync(full) : null }
}

/** A repair where HEAD stands now, unless told otherwise. */
export function recordIn(repository: GitRepository, git: Partial<RepairGit> = {}): RepairRecord {
  const headBefore = git.headBefore === undefined ? repository.id('HEAD') : git.headBefore
  return { ...aRecord, git: { kind: null, target: null, committed: null, ...git, headBefore } }
}

/** All that a person or git could notice. */
export function everythingIn(repository: GitRepository) {
  const ofGit = (name: string) => {
    const path = join(repository.root, '.git', name)
    return existsSync(path) ? readFileSync(path, 'utf8') : null
  }
  return {
    files: treeOf(repository.root),
    index: repository.git('ls-files', '--stage'),
    status: repository.git('status', '--porcelain=v2', '--branch'),
    merge: ['MERGE_HEAD', 'MERGE_MSG', 'MERGE_MODE'].map((name) => ofGit('MERGE_HEAD') && ofGit(name)),
  }
}
