import type { CheckReport, SourceLines } from '@onehead/core'

export interface CheckOptions {
  /** Absolute path of the workspace root. */
  readonly root: string
  /** Names, paths or configuration files of the environments to judge (`config#section` for one of several); empty = all. */
  readonly environments?: readonly string[]
  /** Configuration files with unusual names, workspace-relative, each optionally `#section` (the CLI's `--config` and `--name`). */
  readonly configs?: readonly string[]
  /**
   * Which scripts the `script` rules judge one by one: `new` = not published and not in the baseline (the rest is folded),
   * `all`, or `none`.
   */
  readonly scripts?: 'new' | 'all' | 'none'
  /** Send every script through the Python parser. */
  readonly full?: boolean
  /** Only these rules. */
  readonly rules?: readonly string[]
  /** False: a pure function of files (Nx): nothing is asked of git; only the baseline folds. */
  readonly git?: boolean
}

export interface CheckResult {
  readonly report: CheckReport
  readonly source: SourceLines
}
/** Judges the working tree. Throws `UsageError` (exit code 2) for a broken onehead.json, unknown names, or no environment. */
export declare function check(options: CheckOptions): Promise<CheckResult>
