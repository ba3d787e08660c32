/** Reads every script of a generated workspace with one `readFileSync` loop; prints the milliseconds of the loop alone. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = process.argv[2]
const { scripts } = JSON.parse(readFileSync(join(root, '.git', 'onehead-bench.json'), 'utf8'))
const paths = scripts.map((path) => join(root, path))
const started = performance.now()
let bytes = 0
for (const path of paths) bytes += readFileSync(path).length
process.stdout.write(JSON.stringify({ milliseconds: performance.now() - started, bytes }))
