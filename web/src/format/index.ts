export * from './number'
export * from './measure'
export * from './date'
export * from './letters'
