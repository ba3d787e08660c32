import { type Command, formatOption } from '../command.js'
import { CommandLineError } from '../errors.js'

export const doctor: Command = {
  takes: '',
  options: [formatOption('text', 'json'), { name: 'cwd', value: 'DIR', says: 'run as if started there' }],
  about: `Tells of every git hook whether it would really run here, and of what would not how to mend it; and with which
Python the commands that reach a database would run your Alembic. Changes nothing. Exits 1 when the gate, or any hook that
is installed, would not run.`,
  examples: ['onehead doctor', 'onehead doctor --format json'],
  async run({ given, world, look }) {
    const [superfluous] = given.positionals
    if (superfluous !== undefined)
      throw new CommandLineError(`doctor takes no argument, and got "${superfluous}"`, 'choose a folder with --cwd')
    const [workspace, { resolve }] = await Promise.all([import('@onehead/workspace'), import('node:path')])
    const folder = resolve(world.cwd, given.value('cwd') ?? '.')
    const { diagnosis, runners, guards } = await workspace.doctor({ folder, env: world.env })
    const exitCode = diagnosis.healthy ? 0 : 1
    const told = { schemaVersion: 1, ...diagnosis, python: runners.map(workspace.reportRunner), guards }
    if (given.value('format') === 'json') return { exitCode, stdout: `${JSON.stringify(told, null, 2)}\n` }
    const of = workspace.formatGuardVerdicts(guards, look)
    return {
      exitCode,
      stdout: workspace.formatDiagnosis(diagnosis, look) + of + workspace.formatRunners(runners, look),
    }
  },
}
