/** Real Python for differential tests; skip with the reason: `describe.skipIf(reason)(\`… (${reason})\`, …)`. */
export { type Provisioned, type PythonWorld, providePython } from '../../tools/python.mjs'
