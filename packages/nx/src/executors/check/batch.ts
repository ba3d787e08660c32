import type { ExecutorContext, TaskGraph } from '@nx/devkit'
import type { CheckExecutorOptions } from './options.js'
import { runCheck } from './run-check.js'

/** What Nx wants to hear of one task of a batch; times are milliseconds since 1970. */
interface TaskOutcome {
  readonly task: string
  readonly result: {
    readonly success: boolean
    readonly terminalOutput: string
    readonly startTime: number
    readonly endTime: number
  }
}

/** Many apps in one process, one after another: each task has its own options, its own answer and its own output. */
export default async function* checkBatch(
  taskGraph: TaskGraph,
  options: Record<string, CheckExecutorOptions>,
  _overrides: CheckExecutorOptions,
  context: ExecutorContext,
): AsyncGenerator<TaskOutcome> {
  for (const task of Object.keys(taskGraph.tasks)) {
    const startTime = Date.now()
    const { success, output } = await runCheck(context.root, options[task] ?? {})
    yield { task, result: { success, terminalOutput: output, startTime, endTime: Date.now() } }
  }
}
