export * from './revision.js'
export * from './revision-map.js'
