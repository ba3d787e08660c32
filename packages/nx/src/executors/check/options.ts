/** Options of the check executor as its schema has them; every one may be absent when the executor is called directly. */
export interface CheckExecutorOptions {
  readonly environments?: readonly string[]
  readonly full?: boolean
  readonly maxWarnings?: number
  readonly rules?: readonly string[]
  readonly format?: 'text' | 'json'
}
