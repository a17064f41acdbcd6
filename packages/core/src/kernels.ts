/**
 * What runs kernels, for sibling packages alone: an entry of its own, so that a thread which encodes loads nothing else of core. No part of the public
 * interface.
 * @packageDocumentation
 */

export { entriesOf, type KernelDictionary, makeDictionary, readDictionary } from './kernels/dictionary-block.ts'
export { type DictionaryKernels, type DictionaryLimits, GrowingDictionary } from './kernels/growing-dictionary.ts'
export { KernelMemory } from './kernels/memory.ts'
export { loadModule } from './kernels/module.ts'
