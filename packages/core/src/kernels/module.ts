import { KernelMemory } from './memory.ts'

/** Bytes by which the memory of WebAssembly grows. */
const PAGE = 65_536
/** Pages that are taken ahead, at most. */
const MAX_SPARE_PAGES = 128

/** What is used of WebAssembly, whose types come with browsers alone. */
interface Engine {
  validate(bytes: Uint8Array): boolean
  instantiate(bytes: Uint8Array): Promise<{ readonly instance: Instance }>
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object, imports: Imports) => Instance
}
interface Instance {
  readonly exports: object
}
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  heapBase(): number
}
type Imports = Readonly<Record<string, Readonly<Record<string, (...given: number[]) => number>>>>

/** The functions of a module, and the memory that it has for itself. */
export type Loaded<Run> = Run & { readonly memory: KernelMemory }

/** Returns an instance of a module that is given in base64 and imports nothing. Returns null where the engine cannot run it. */
export async function loadModule<Run>(compiled: string): Promise<Loaded<Run> | null> {
  const found = engineFor(compiled)
  try {
    return found && loaded((await found.engine.instantiate(found.bytes)).instance)
  } catch (error) {
    return unlessMemory(error)
  }
}

/** Returns an instance at once: for threads, since the main thread of a browser may refuse to compile without a promise. */
export function loadModuleNow<Run>(compiled: string, imports: Imports): Loaded<Run> | null {
  const found = engineFor(compiled)
  try {
    return found && loaded(new found.engine.Instance(new found.engine.Module(found.bytes), imports))
  } catch (error) {
    return unlessMemory(error)
  }
}

/** Returns null where the process may not reserve the memory of an instance, which engines reserve in gigabytes. */
function unlessMemory(error: unknown): null {
  // By its name: it may be of another realm.
  if ((error as { readonly name?: unknown } | null)?.name === 'RangeError') return null
  throw error
}

/** Returns the engine and the module, unless there is no WebAssembly, or none with SIMD. */
function engineFor(compiled: string): { readonly engine: Engine; readonly bytes: Uint8Array } | null {
  const { WebAssembly: engine } = globalThis as { readonly WebAssembly?: Engine }
  const bytes = Uint8Array.from(atob(compiled), (char) => char.charCodeAt(0))
  return engine?.validate(bytes) ? { engine, bytes } : null
}

function loaded<Run>({ exports }: Instance): Loaded<Run> {
  const { memory: grown, heapBase, ...run } = exports as Exports
  const memory = new KernelMemory(
    {
      get buffer() {
        return grown.buffer
      },
      grow(needed) {
        const missing = Math.ceil((needed - grown.buffer.byteLength) / PAGE)
        // A quarter more, so that growing little by little costs little.
        grown.grow(Math.max(missing, Math.min(MAX_SPARE_PAGES, grown.buffer.byteLength / PAGE / 4)))
      },
    },
    heapBase(),
  )
  return { ...(run as Run), memory }
}
