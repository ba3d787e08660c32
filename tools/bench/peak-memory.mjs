/** Preloaded into a measured process: writes its peak resident memory in bytes to the file that the environment names. */
import { writeFileSync } from 'node:fs'

const file = process.env.ONEHEAD_BENCH_MEMORY
// maxRSS is in kilobytes on every system: libuv converts.
if (file) process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS * 1024)))
