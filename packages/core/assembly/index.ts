// What the module exports; src/schema/kernel/engine.ts describes it.
export { decode } from './decode'
export { dictionaryFixed, dictionaryTexts } from './dictionary'
export { indexNames } from './names'

/** Where memory begins that the module itself does not use. */
export function heapBase(): usize {
  return __heap_base
}
