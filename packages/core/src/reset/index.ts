export { type DatabaseTraits, type Recognition, recogniseDevelopment } from './recognise.js'
