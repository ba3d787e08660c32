/**
 * Runs CommonJS files with what V8 has compiled of them before: a hook, and many a command, is over before most of its functions
 * would have been compiled again. The compiled code lies beside the entry, so that whoever can write it could as well change the code, and is
 * made anew when a file, Node or its flags have changed. Where nothing may be written there, everything is compiled each time.
 *
 * Node 22 has `module.enableCompileCache`; Node 20, which many still have, has not.
 */
const { isAscii } = require('node:buffer')
const fs = require('node:fs')
const { createRequire, isBuiltin } = require('node:module')
const path = require('node:path')
const vm = require('node:vm')
const { crc32 } = require('node:zlib')

const WRAPPER = ['(function (exports, require, module, __filename, __dirname) { ', '\n})']

/** @param {string} entry absolute @returns {unknown} what it exports */
exports.load = function load(entry) {
  const file = path.normalize(entry)
  const store = new Store(path.join(path.dirname(file), `${process.version}-${process.arch}.compiled`))
  const exported = new Loader(store).load(file)
  process.on('exit', () => store.write())
  return exported
}

class Loader {
  #store
  #modules = new Map()

  constructor(store) {
    this.#store = store
  }

  load(file) {
    const known = this.#modules.get(file)
    if (known !== undefined) return known.exports
    const module = { exports: {} }
    this.#modules.set(file, module)
    const run = this.#compile(file)
    run.call(module.exports, module.exports, this.#requireFor(file), module, file, path.dirname(file))
    return module.exports
  }

  #compile(file) {
    // npm gives all files one age; when they came here nobody can choose.
    const { size, mtimeMs, ctimeMs } = fs.statSync(file)
    const print = `${size} ${mtimeMs} ${ctimeMs}`
    const cachedData = this.#store.find(file, print)
    const script = new vm.Script(WRAPPER[0] + textOf(fs.readFileSync(file)) + WRAPPER[1], {
      filename: file,
      columnOffset: -WRAPPER[0].length,
      ...(cachedData === undefined ? {} : { cachedData }),
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    })
    this.#store.loaded(file, print, script)
    return script.runInThisContext()
  }

  /** Libraries that are one CommonJS file go the same way; whatever else there is Node loads itself. */
  #requireFor(file) {
    const native = createRequire(file)
    return (name) => {
      if (isBuiltin(name)) return native(name)
      const target = native.resolve(name)
      return target.endsWith('.cjs') ? this.load(target) : native(target)
    }
  }
}

/** Our own files are ASCII, which is read several times as fast. */
function textOf(bytes) {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')
}

/**
 * One file: a line of JSON that tells what lies where, and the compiled code of all. `loaded` is how many files were loaded in
 * the run that it was made in: a run that loads more has compiled functions that the other did not need.
 */
class Store {
  #path
  #bytes = null
  #entries = new Map()
  #scripts = []

  constructor(file) {
    this.#path = file
    try {
      const bytes = fs.readFileSync(file)
      const end = bytes.indexOf(10)
      const { length, entries } = JSON.parse(bytes.toString('utf8', 0, end))
      // A disk that was full may have cut it.
      if (length !== bytes.length) return
      this.#bytes = bytes
      for (const entry of entries) this.#entries.set(entry.file, entry)
    } catch {
      // Not there, or not ours: then it is written.
    }
  }

  /** V8 believes what it is given, so that bytes which are not as they were written count as none. */
  find(file, print) {
    const entry = this.#entries.get(file)
    if (entry?.print !== print) return undefined
    const code = this.#codeOf(entry)
    if (crc32(code) === entry.sum) return code
    this.#entries.delete(file)
    return undefined
  }

  loaded(file, print, script) {
    this.#scripts.push({ file, print, script })
  }

  /** What is new or was rejected; nothing in nearly every run. */
  write() {
    const loaded = this.#scripts.length
    const isKept = ({ file, print, script }) => {
      const entry = this.#entries.get(file)
      return entry?.print === print && entry.loaded >= loaded && script.cachedDataRejected !== true
    }
    const fresh = this.#scripts.filter((one) => !isKept(one))
    if (fresh.length === 0) return
    const temporary = `${this.#path}.${process.pid}`
    try {
      fs.accessSync(path.dirname(this.#path), fs.constants.W_OK)
      removeLeftOvers(this.#path)
      const all = new Map(
        [...this.#entries.values()].map((entry) => [entry.file, { ...entry, code: this.#codeOf(entry) }]),
      )
      for (const { file, print, script } of fresh) {
        const code = script.createCachedData()
        all.set(file, { file, print, loaded, code, sum: crc32(code) })
      }
      fs.writeFileSync(temporary, packed([...all.values()]), { flush: true })
      fs.renameSync(temporary, this.#path)
    } catch {
      fs.rmSync(temporary, { force: true })
    }
  }

  #codeOf({ at, size }) {
    return this.#bytes.subarray(at, at + size)
  }
}

/** Of runs that were killed while they wrote. */
function removeLeftOvers(file) {
  const [folder, start] = [path.dirname(file), `${path.basename(file)}.`]
  for (const name of fs.readdirSync(folder)) if (name.startsWith(start)) fs.rmSync(path.join(folder, name))
}

/** V8 wants code to begin at a multiple of eight, or copies it. */
const ALIGNED = 8

function packed(all) {
  const room = (size) => Math.ceil(size / ALIGNED) * ALIGNED
  const header = (start) => {
    let at = start
    const entries = all.map(({ file, print, loaded, code, sum }) => {
      const entry = { file, print, loaded, at, size: code.length, sum }
      at += room(code.length)
      return entry
    })
    return { length: at, entries }
  }
  // Wide enough for every number in it.
  const start = room(JSON.stringify(header(2 ** 32)).length + 1)
  const text = JSON.stringify(header(start))
  const bytes = Buffer.alloc(header(start).length)
  bytes.write(`${text.padEnd(start - 1)}\n`, 'utf8')
  for (const [index, { at }] of header(start).entries.entries()) bytes.set(all[index].code, at)
  return bytes
}
