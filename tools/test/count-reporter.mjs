import { writeFileSync } from 'node:fs'

/**
 * A vitest reporter that counts. Writes `{ passed, failed, skipped: [{ name, count }] }` as JSON to the file that
 * ONEHEAD_TEST_COUNT names. A file that cannot be collected, or an error outside every test, counts as one failed test.
 */
export default class CountReporter {
  #filter = null

  onInit(vitest) {
    this.#filter = vitest.config.testNamePattern ?? null
  }

  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: new Map() }
    for (const module of modules) {
      if (module.errors().length > 0) count.failed += 1
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) count.failed += 1
      for (const test of module.children.allTests()) this.#count(test, count)
    }
    const skipped = [...count.skipped].map(([name, tests]) => ({ name, count: tests }))
    const file = process.env.ONEHEAD_TEST_COUNT
    if (file) writeFileSync(file, JSON.stringify({ ...count, skipped }))
  }

  #count(test, count) {
    const result = test.result()
    if (result.state === 'passed') count.passed += 1
    else if (result.state === 'failed') count.failed += 1
    else if (this.#filter === null || this.#filter.test(test.fullName.replaceAll(' > ', ' '))) {
      const name = reasonOf(test, result)
      count.skipped.set(name, (count.skipped.get(name) ?? 0) + 1)
    }
  }
}

/** What a skipped test says about itself: its note, else the outermost suite that is skipped as a whole, whose name holds the reason. */
function reasonOf(test, result) {
  if (result.note) return `${test.module.relativeModuleId}: ${test.fullName}: ${result.note}`
  let named = test
  for (let parent = test.parent; parent.type === 'suite'; parent = parent.parent) {
    if (parent.options.mode === 'skip' || parent.state() === 'skipped') named = parent
  }
  return `${test.module.relativeModuleId}: ${named.fullName}`
}
