import { baseName } from './words.js'

const NAMES =
  /^(?:(?:.*[.-])?(?:dockerfile|containerfile)(?:[.-].*)?|.*makefile|justfile|procfile|jenkinsfile|package\.json|tox\.ini)$/i
const ENDINGS = /\.(?:sh|bash|zsh|ya?ml|mk|ps1|bat|cmd|toml)$/i

/** Folders in which such files lie, beside those that lead to an environment. */
export const COMMAND_FOLDERS: ReadonlySet<string> = new Set([
  '.circleci',
  '.github',
  '.gitlab',
  'bin',
  'ci',
  'deploy',
  'docker',
  'script',
  'scripts',
  'workflows',
])

/** True for files in which people write down commands to be run by a machine: scripts, recipes of CI and containers. */
export function holdsCommands(path: string): boolean {
  const name = baseName(path)
  return NAMES.test(name) || ENDINGS.test(name)
}
