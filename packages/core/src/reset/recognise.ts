/** What is known of a database that somebody wants to throw away. */
export interface DatabaseTraits {
  readonly dialect: string
  /** As a person calls it: its name, or that of its file. */
  readonly name: string
  /** On this machine. */
  readonly isLoopback: boolean
  /** Of a file: its path in the workspace; null outside, and for servers. */
  readonly pathInWorkspace: string | null
}

/** Whether a database is one for development, and what speaks for it. Unsure is no. */
export type Recognition =
  | { readonly isDevelopment: true; readonly reasons: readonly string[] }
  | { readonly isDevelopment: false; readonly message: string; readonly help: string }

/** Names of what must never be thrown away; `products` and `delivery` are none. */
const PRECIOUS =
  /production|staging|(?<![a-z])(?:prod|prd|live|stage|stg|pre-?prod|uat|master|primary)(?![a-z])|prod(?![a-z])/i

/** Variables by which applications are told where they run. */
const MODES = ['APP_ENV', 'FLASK_ENV', 'ENVIRONMENT', 'ENV', 'NODE_ENV', 'DEPLOY_ENV', 'STAGE', 'FASTAPI_ENV'] as const

/** Variables that CI systems set. */
const CI = ['CI', 'GITHUB_ACTIONS', 'GITLAB_CI', 'BUILD_NUMBER', 'TF_BUILD', 'TEAMCITY_VERSION', 'JENKINS_URL'] as const

/** @param env the variables that the application sees */
export function recogniseDevelopment(
  { dialect, name, isLoopback, pathInWorkspace }: DatabaseTraits,
  env: Readonly<Record<string, string | undefined>>,
): Recognition {
  const no = (message: string, help: string): Recognition => ({ isDevelopment: false, message, help })
  const ci = CI.find((variable) => env[variable] !== undefined && !/^(?:|0|false)$/i.test(env[variable]))
  if (ci !== undefined) return no(`this is CI (${ci} is set)`, 'make an empty database there instead')
  const mode = MODES.find((variable) => PRECIOUS.test(env[variable] ?? ''))
  if (mode !== undefined) return no(`${mode} is ${env[mode]}`, 'run it where the application is not told so')
  if (!isLoopback) return no(`${name} is on another machine`, 'reset only what is on yours')
  const called = pathInWorkspace ?? name
  const found = PRECIOUS.exec(called)?.[0]
  if (found !== undefined) return no(`${called} is called "${found}"`, 'rename it if it really is for development')
  if (dialect === 'sqlite' && pathInWorkspace === null)
    return no(`${name} is a file outside of the workspace`, 'delete it by hand if nobody else uses it')
  return {
    isDevelopment: true,
    reasons: [
      pathInWorkspace === null ? 'it is on this machine' : `it is a file of this workspace: ${pathInWorkspace}`,
      'its name speaks of no production',
      'this is not CI',
    ],
  }
}
