export { createNodes, createNodesV2, name, type OneheadPluginOptions } from './plugin.js'
