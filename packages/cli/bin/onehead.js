#!/usr/bin/env node
// Old syntax only: this file must be able to speak on every Node that can start it.
const version = process.versions.node.split('.').map(Number)
const isSupported =
  (version[0] === 20 && version[1] >= 19) || (version[0] === 22 && version[1] >= 12) || version[0] > 22
// A hook that cannot run must not look as if it had found nothing.
const isHook = process.argv[2] === 'hook'
if (isSupported) {
  start().catch((error) => {
    // Node would end with 1, which a hook takes for "an error was found": an installation that is broken is not that.
    console.error(`error: onehead cannot start${isHook ? ', so NOTHING WAS JUDGED' : ''}: ${error.message}`)
    process.exitCode = 3
    if (isHook) endHook()
  })
} else {
  console.error(
    `error: onehead needs Node ^20.19 or >=22.12, and this is ${process.versions.node} (${process.execPath})${isHook ? '; NOTHING WAS JUDGED' : ''}`,
  )
  process.exitCode = 2
  if (isHook) endHook()
}

// A hook has a bundle of its own: it runs at every push and every switch. What it cannot answer goes the ordinary way.
async function start() {
  const folder = builtLast()
  if (isHook) {
    const hook = await load(folder, 'hook/hook')
    if (await hook.run()) return
  }
  const main = await load(folder, 'main')
  await main.run()
}

function load(folder, name) {
  if (folder === 'dist') return import(`../dist/${name.split('/').pop()}.js`)
  return require('./compiled.js').load(`${__dirname}/../bundle/${name}.cjs`)
}

// A gate that cannot run stops nobody, except who has asked for that: git takes 1 for "not set", and more for "no boolean".
function endHook() {
  process.exitCode = 0
  if (!/^pre-/.test(process.argv[3])) return
  import('node:child_process').then(({ spawnSync }) => {
    const asked = spawnSync('git', ['config', '--bool', '--get', 'onehead.strict'], { encoding: 'utf8' })
    if (asked.status > 1 || /true/.test(asked.stdout)) process.exitCode = 1
  })
}

// The bundle, unless this is a working copy of onehead in which `tsc -b` has run since: nobody should try out yesterday's code.
function builtLast() {
  const bundle = changedAt('../bundle/main.cjs')
  if (changedAt('../dist/.tsbuildinfo') === 0) return 'bundle'
  const builds = ['../dist', '../../core/dist', '../../workspace/dist']
  return builds.some((folder) => changedAt(`${folder}/.tsbuildinfo`) > bundle) ? 'dist' : 'bundle'
}

function changedAt(path) {
  try {
    return require('node:fs').statSync(`${__dirname}/${path}`).mtimeMs
  } catch {
    return 0
  }
}
