/**
 * What runs kernels, for sibling packages alone: an entry of its own, so that a thread which encodes loads nothing else of core. No part of the public
 * interface.
 * @packageDocumentation
 */

export { KernelMemory } from './kernels/memory.ts'
export { loadModule } from './kernels/module.ts'
