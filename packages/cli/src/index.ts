export { main, run } from './main.js'
export type { Outcome, World } from './world.js'
