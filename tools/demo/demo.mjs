/**
 * `npm run demo`: a throw-away Nx monorepo with six Python apps, judged by onehead. Needs Node and git, no network and no
 * Python. Exits with 0 when everything behaved as this demo says, and with 1 otherwise.
 *   --keep   leave the folder behind, to play with it
 */
import { rmSync } from 'node:fs'
import { styleText } from 'node:util'
import { apps, workspaceFiles } from './apps.mjs'
import { findSurprises } from './expectations.mjs'
import { makeWorkspace, programOf, run } from './workspace.mjs'

const keep = process.argv.includes('--keep')
const color = Boolean(process.stdout.isTTY) && !process.env.NO_COLOR
const paint = (style, text) => (color ? styleText(style, text) : text)
const say = (text = '') => console.log(text)
const title = (text) => say(`\n${paint('bold', `── ${text}`)}\n`)
const command = (text) => say(`${paint('cyan', `$ ${text}`)}\n`)

let folder = null
// On the way out, whichever way that is: the end, Ctrl-C, a reader that closed the pipe, a mistake of ours.
process.on('exit', () => {
  if (folder !== null && !keep) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))
process.stdout.on('error', () => process.exit(1))

async function demo() {
  title('a monorepo with six Python apps')
  folder = makeWorkspace(workspaceFiles, apps)
  const width = Math.max(...apps.map((app) => app.path.length))
  for (const app of apps) say(`  ${app.path.padEnd(width)}  ${app.about}`)

  title('through Nx: every app with an Alembic history has a migrate-check target')
  command('npx nx run-many -t migrate-check --output-style=static')
  const nx = await run(folder, programOf('nx', 'nx'), ['run-many', '-t', 'migrate-check', '--output-style=static'], {
    color,
  })

  title('directly, without Nx')
  command('npx onehead check')
  const onehead = programOf('onehead', 'onehead')
  const check = await run(folder, onehead, ['check'], { color })

  const { output: json } = await run(folder, onehead, ['check', '--format', 'json'], { quiet: true })
  return findSurprises({ apps, nx, check, json })
}

function sayHowItEnded(surprises) {
  title('how it ended')
  for (const app of apps) {
    const failed = app.expected.length > 0
    const sign = failed ? paint('red', '✖') : paint('green', '✔')
    say(`  ${sign} ${app.project.padEnd(9)} ${failed ? `${app.expected.join(', ')}: ${app.about}` : app.about}`)
  }
  const failing = apps.filter((app) => app.expected.length > 0).length
  say(`\n${failing} of ${apps.length} apps fail, each with the line at fault, and no Python was started.`)
  say(
    keep
      ? `The folder is yours: ${folder}`
      : 'The folder is removed again; `npm run demo -- --keep` leaves it for you to play with:',
  )
  say('  1. make the edit that was shown for shipping, and run `npx nx run shipping:migrate-check`')
  say('  2. bring orders back to one head with the command that was shown (`npx onehead fix …`),')
  say('     and run `npx nx run-many -t migrate-check`: what did not change comes from the cache')
  if (surprises.length > 0) {
    say(paint('red', '\nThis demo expected something else:'))
    for (const surprise of surprises) say(`  - ${surprise}`)
  }
}

try {
  const surprises = await demo()
  sayHowItEnded(surprises)
  process.exitCode = surprises.length === 0 ? 0 : 1
} catch (error) {
  console.error(`\nThe demo could not run: ${error.message}`)
  process.exitCode = 1
}
