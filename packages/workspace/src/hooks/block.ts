import { type HookName, isGate, readsInput } from './hook-names.js'

/** How a managed block begins and ends; whatever else stands on these lines may change between versions. */
export const BLOCK_START = '# >>> onehead >>>'
export const BLOCK_END = '# <<< onehead <<<'

export interface BlockOptions {
  /** The tool from the top of the working tree, with `/`: `front/node_modules/.bin/onehead`; null = the one on the PATH. */
  readonly tool: string | null
}

/**
 * The lines of the managed block of one hook, for POSIX `sh`, also with `-e` and `-u`.
 *
 * Git starts hooks at the top of the working tree, and there the block stays: with `cd` into the package, GIT_DIR (set in a
 * linked worktree) would make that folder the top. Standard input can be read once, so the block hands it on to what
 * follows. Only exit code 1 of a gate stops git; a tool that cannot start is said loudly, and stops git only with `onehead.strict`.
 */
export function managedBlock(name: HookName, options: BlockOptions): readonly string[] {
  const body = isGate(name) ? gate(name, options.tool) : messenger(name, options.tool)
  return [
    `${BLOCK_START} managed block: edit outside of it; \`onehead init --uninstall\` takes it out`,
    ...findTool(options.tool),
    ...(readsInput(name) ? [...withInput(body), ...handInputOn] : body),
    BLOCK_END,
  ]
}

function findTool(tool: string | null): readonly string[] {
  if (tool === null) return ['onehead_tool=onehead']
  return [`onehead_tool=${quote(tool)}`, '[ -f "$onehead_tool" ] || onehead_tool=onehead']
}

const STATUS = 'onehead_status'

/** `CALL` stands for the call of the tool, with or without standard input before it. */
type Body = readonly string[]

function gate(name: HookName, tool: string | null): Body {
  const what = name === 'pre-push' ? 'push' : name === 'pre-commit' ? 'commit' : 'merge'
  return [
    `${STATUS}=0`,
    `"$onehead_tool" hook ${name} "$@" || ${STATUS}=$?`,
    `if [ "$${STATUS}" = 1 ]; then exit 1; fi`,
    `if [ "$${STATUS}" != 0 ]; then`,
    ...sayNotRun(name, `this ${what} was not checked`, tool),
    // Git ends with 1 where it is not set, and says so where it is no boolean: that counts as true.
    '  onehead_strict=$(git config --bool --get onehead.strict) || [ $? = 1 ] || onehead_strict=true',
    '  if [ "$onehead_strict" = true ]; then exit 1; fi',
    'fi',
  ]
}

function messenger(name: HookName, tool: string | null): Body {
  const call = `"$onehead_tool" hook ${name} "$@"`
  switch (name) {
    case 'post-commit':
      // Every commit comes by here; only a merge can have brought revisions.
      return [
        'if git rev-parse --quiet --verify HEAD^2 >/dev/null 2>&1 && command -v "$onehead_tool" >/dev/null 2>&1; then',
        `  ${call} || true`,
        'fi',
      ]
    case 'post-checkout':
      // Also runs for single files and in worktrees where nothing is installed yet: no word about a missing tool.
      return [`if command -v "$onehead_tool" >/dev/null 2>&1; then ${call} || true; fi`]
    default:
      return [
        `${STATUS}=0`,
        `${call} || ${STATUS}=$?`,
        `if [ "$${STATUS}" != 0 ]; then`,
        ...sayNotRun(name, 'nothing was looked at', tool),
        'fi',
      ]
  }
}

/** Ends in what works here: a tool that is not there cannot be asked what it lacks, and `npx` would look for it in the registry. */
function sayNotRun(name: HookName, consequence: string, tool: string | null): Body {
  const missing = tool === null ? 'npm install --global onehead' : 'install the packages of package.json'
  return [
    '  onehead_next="$onehead_tool doctor"',
    `  command -v "$onehead_tool" >/dev/null 2>&1 || onehead_next='${missing}'`,
    `  echo "onehead: ${name} could not run (exit $${STATUS}), so ${consequence}; next: $onehead_next" >&2`,
  ]
}

/** From a terminal (somebody tries the hook by hand) nothing is read, so that nobody waits for ever. */
function withInput(body: Body): readonly string[] {
  return body.flatMap((line) => {
    if (!line.startsWith('"$onehead_tool"')) return [line]
    return [
      'if [ -t 0 ]; then',
      '  onehead_input=',
      `  ${line}`,
      'else',
      '  onehead_input=$(cat) || onehead_input=',
      `  if [ -n "$onehead_input" ]; then printf '%s\\n' "$onehead_input"; fi |`,
      `    ${line}`,
      'fi',
    ]
  })
}

const handInputOn: readonly string[] = [
  'if [ -n "$onehead_input" ]; then exec <<ONEHEAD_INPUT',
  '$onehead_input',
  'ONEHEAD_INPUT',
  'fi',
]

/** A word for `sh`, quoted only where it has to be. */
export function quote(word: string): string {
  return /^[\w./@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
