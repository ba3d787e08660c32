#!/usr/bin/env node
// Old syntax only: this file must be able to speak on every Node that can start it.
var version = process.versions.node.split('.').map(Number)
var isSupported = (version[0] === 20 && version[1] >= 19) || (version[0] === 22 && version[1] >= 12) || version[0] > 22
// A hook that cannot run must not stop anybody's work, and must not look as if it had found nothing.
var isHook = process.argv[2] === 'hook'
if (isSupported) {
  import(isHook ? '../dist/hook.js' : '../dist/main.js')
    .then((main) => main.run())
    .catch((error) => {
      // Node would end with 1, which a hook takes for "an error was found": an installation that is broken is not that.
      console.error(`error: onehead cannot start${isHook ? ', so NOTHING WAS JUDGED' : ''}: ${error.message}`)
      process.exitCode = isHook ? 0 : 3
    })
} else {
  console.error(
    `error: onehead needs Node ^20.19 or >=22.12, and this is ${process.versions.node} (${process.execPath})${isHook ? '; NOTHING WAS JUDGED' : ''}`,
  )
  process.exitCode = isHook ? 0 : 2
}
