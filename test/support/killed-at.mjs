// Loaded before the command (`NODE_OPTIONS=--import`): ends it with SIGKILL at one step of writing a file, as a power cut would.
// KILLED_AT: `<step> <end of the path>`, where step is `half` (of the content is written), `before` or `after` the rename.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const [step, end] = (process.env.KILLED_AT ?? '').split(' ')
const { writeFileSync, renameSync } = fs
const die = () => process.kill(process.pid, 'SIGKILL')

fs.writeFileSync = (path, data, ...rest) => {
  const isMeant = step === 'half' && String(path).includes(end)
  writeFileSync(path, isMeant ? data.slice(0, data.length / 2) : data, ...rest)
  if (isMeant) die()
}
fs.renameSync = (from, to) => {
  const isMeant = String(to).endsWith(end)
  if (isMeant && step === 'before') die()
  renameSync(from, to)
  if (isMeant && step === 'after') die()
}
syncBuiltinESMExports()
