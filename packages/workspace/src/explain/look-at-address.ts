import type { Environment, Fact, FactPlace } from '@onehead/core'
import { environmentConfigurationFor } from '../configuration/index.js'
import type { Look, Surroundings } from './found.js'

const MOST_ENVIRONMENTS = 4

/** Where the address of the database comes from; never the address itself. */
export const lookAtAddress: Look = async (surroundings, { concerned, error }) => {
  const facts: Fact[] = []
  let help: string | null = null
  for (const { environment } of concerned.slice(0, MOST_ENVIRONMENTS)) {
    const { databaseUrlEnv, env = {} } = environmentConfigurationFor(surroundings.workspace.configuration, environment)
    if (databaseUrlEnv !== undefined) {
      const isSet = Boolean(surroundings.shell[databaseUrlEnv] ?? env[databaseUrlEnv])
      facts.push({
        environment: environment.name,
        message: `the address is in the variable ${databaseUrlEnv}, which is ${isSet ? 'set' : 'not set'} here`,
        places: [],
      })
      if (!isSet) help = `set ${databaseUrlEnv}`
      continue
    }
    const place = await addressLine(environment, surroundings)
    const name = error.subject.name
    if (error.known.kind === 'no-variable' && name !== undefined)
      help = `set ${name}, which is ${surroundings.shell[name] ? 'set' : 'not set'} in this shell`
    if (place !== null)
      facts.push({
        environment: environment.name,
        message: 'the configuration names an address here, unless env.py takes another one',
        places: [place],
      })
  }
  return { facts, help }
}

/** The line of `sqlalchemy.url`. */
async function addressLine({ config }: Environment, { reader }: Surroundings): Promise<FactPlace | null> {
  const bytes = await reader.complete(() => reader.bytes(config))
  const lines = new TextDecoder().decode(bytes).split(/\r\n|\r|\n/)
  const index = lines.findIndex((line) => /^\s{0,40}sqlalchemy\.url\s{0,40}[=:]/.test(line))
  if (index === -1) return null
  const isTemplate = /driver:\/\/user:pass@localhost\/dbname/.test(lines[index]!)
  return { path: config, line: index + 1, column: 1, text: isTemplate ? 'still the one of the template' : null }
}
