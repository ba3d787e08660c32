import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** The repository's root, with a separator at its end. */
export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url))

export interface Import {
  /** As written: `node:fs`, `../text/span.js`, `@onehead/core`. */
  readonly specifier: string
  /** Of ours: the path of the file from the root, `packages/core/src/text/span.ts`. Of others: the package, `simple-git`, `node:fs`. */
  readonly target: string
  /** Erased when compiled: `import type`, `export type`, `import('…').X` in a type. */
  readonly typeOnly: boolean
  /** `import('…')` or `require('…')`: loaded when the line runs, not when the file does. */
  readonly lazy: boolean
  readonly line: number
}

export interface SourceFile {
  /** From the root, with `/`. */
  readonly path: string
  /** `core`, `workspace`, `cli`, `nx`, or null outside `packages/`. */
  readonly package: string | null
  readonly isTest: boolean
  readonly text: string
  readonly lines: number
  readonly imports: readonly Import[]
  /** Global names read as values, with the property behind the dot: `console.log`, `process`, `new Date`. */
  readonly globals: readonly { readonly name: string; readonly line: number }[]
  /** Names that this file declares: variables, functions, parameters, types, properties. */
  readonly declarations: readonly { readonly name: string; readonly line: number }[]
}

/** Paths of all files that are in git or could be (not ignored), from the root. */
export function listRepositoryFiles(): string[] {
  const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: repositoryRoot,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  })
  const paths = output.split('\0').filter((path) => path !== '' && existsSync(join(repositoryRoot, path)))
  return [...new Set(paths)].sort()
}

/** Every TypeScript and JavaScript file of the packages, and of nothing else. */
export function readPackageSources(): SourceFile[] {
  return listRepositoryFiles()
    .filter((path) => /^packages\/[^/]+\/(src|bin)\/.*\.(ts|js|mjs|cjs)$/.test(path))
    .map((path) => readSource(path, readFileSync(join(repositoryRoot, path), 'utf8')))
}

/** Reads one file's text as the compiler sees it. */
export function readSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const imports: Import[] = []
  const globals: { name: string; line: number }[] = []
  const declarations: { name: string; line: number }[] = []
  const visit = (node: ts.Node): void => {
    const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1
    const found = importIn(node)
    if (found) imports.push({ ...found, target: resolveTarget(path, found.specifier), line })
    const global = globalIn(node)
    if (global) globals.push({ name: global, line })
    const declared = (node as ts.NamedDeclaration).name
    if (isDeclaration(node) && declared && ts.isIdentifier(declared)) declarations.push({ name: declared.text, line })
    ts.forEachChild(node, visit)
  }
  visit(tree)
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  const owner = /^packages\/([^/]+)\//.exec(path)?.[1] ?? null
  return { path, package: owner, isTest: /\.test\.[a-z]+$/.test(path), text, lines, imports, globals, declarations }
}

function importIn(node: ts.Node): Pick<Import, 'specifier' | 'typeOnly' | 'lazy'> | null {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: isErased(node.importClause), lazy: false }
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly, lazy: false }
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, typeOnly: true, lazy: false }
  }
  if (ts.isCallExpression(node) && node.arguments[0] && ts.isStringLiteralLike(node.arguments[0])) {
    const callee = node.expression
    const isRequire = ts.isIdentifier(callee) && callee.text === 'require'
    if (isRequire || callee.kind === ts.SyntaxKind.ImportKeyword) {
      return { specifier: node.arguments[0].text, typeOnly: false, lazy: true }
    }
  }
  return null
}

/** `import type …` and `import { type A, type B }`, but not `import {}`. */
function isErased(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const bindings = clause.namedBindings
  if (clause.name || !bindings || !ts.isNamedImports(bindings)) return false
  return bindings.elements.length > 0 && bindings.elements.every((element) => element.isTypeOnly)
}

/** The names whose use decides whether code is pure. A local variable of the same name would be reported too: rename it. */
const impure = new Set(
  'process console Date Math performance fetch setTimeout setInterval setImmediate globalThis crypto require'.split(
    ' ',
  ),
)

function globalIn(node: ts.Node): string | null {
  if (!ts.isIdentifier(node) || !impure.has(node.text)) return null
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.expression === node ? `${node.text}.${parent.name.text}` : null
  }
  if (ts.isNewExpression(parent) && parent.expression === node) {
    return `new ${node.text}(${(parent.arguments?.length ?? 0) > 0 ? '…' : ''})`
  }
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return null
  if (ts.isPropertyAssignment(parent) && parent.name === node) return null
  if (isDeclaration(parent) && (parent as ts.NamedDeclaration).name === node) return null
  return node.text
}

function isDeclaration(node: ts.Node): boolean {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isBindingElement(node) ||
    ts.isPropertyAssignment(node)
  )
}

const builtins = new Set(builtinModules)

function resolveTarget(from: string, specifier: string): string {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier)
    const typescript = path.replace(/\.js$/, '.ts')
    return existsSync(join(repositoryRoot, typescript)) || !existsSync(join(repositoryRoot, path)) ? typescript : path
  }
  const own = /^(?:@onehead\/(core|workspace|nx)|(onehead))$/.exec(specifier)
  if (own) return `packages/${own[1] ?? 'cli'}/src/index.ts`
  const subpath = /^@onehead\/(core|workspace|nx)(\/[a-z-]+)$/.exec(specifier)
  const exported = subpath && exportedModule(subpath[1]!, `.${subpath[2]}`)
  if (exported) return exported
  if (specifier.startsWith('node:')) return specifier
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]!
  return builtins.has(name) ? `node:${specifier}` : name
}

/** The source behind a subpath that a package exports; null where it exports no such thing. */
function exportedModule(name: string, subpath: string): string | null {
  const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'packages', name, 'package.json'), 'utf8'))
  const built: string | undefined = manifest.exports?.[subpath]?.default
  return built === undefined ? null : `packages/${name}/${built.replace('./dist/', 'src/').replace(/\.js$/, '.ts')}`
}
