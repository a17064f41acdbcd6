import type { DictionaryKernels } from '../../kernels/growing-dictionary.ts'
import { type Loaded, loadModuleNow } from '../../kernels/module.ts'
import type { DecimalStore } from '../../store/decimals.ts'
import { asciiText } from '../fast-decoder/number.ts'
import { matchesAll } from '../fast-decoder/text.ts'
import { compiled } from './compiled.ts'

/** The compiled decoder with a memory of its own. Numbers are addresses there, counts and limits. */
export type Kernel = Loaded<KernelFunctions>

interface KernelFunctions extends Omit<DictionaryKernels, 'memory'> {
  /**
   * Decodes `count` messages, from `starts` to `ends` in `bytes`, to rows of the columns of a plan, one row behind the other. Returns how many rows
   * there are; -1 where a list had no room. The numbers of the other messages are written to `odd`.
   *
   * @param time the field of the event time; 0 where there is none
   * @param timestamps the messages' own times as doubles; 0 where they have none
   */
  decode(
    plan: number,
    bytes: number,
    starts: number,
    ends: number,
    count: number,
    odd: number,
    time: number,
    timestamps: number,
    maxFuture: number,
    latest: number,
  ): number
  /** Enters names, which are laid out as `assembly/field-block.ts` says, into their slots. */
  indexNames(names: number): void
}

/** What the kernel asks for, value by value, by the numbers that a plan gave them. */
export interface KernelHelp {
  readonly patterns: (readonly RegExp[])[]
  readonly decimals: DecimalStore[]
}

/** What a kernel gets that decodes nothing. */
const NO_HELP: KernelHelp = { patterns: [], decimals: [] }

/** Returns the kernel, or null where the engine cannot run it. */
export function loadKernel({ patterns, decimals }: KernelHelp = NO_HELP): Kernel | null {
  const bytes = (): Uint8Array => (loaded as Kernel).memory.bytes
  const loaded: Kernel | null = loadModuleNow<KernelFunctions>(compiled, {
    host: {
      parseNumber: (at = 0, end = 0) => Number(asciiText(bytes(), at, end)),
      matchesPatterns: (which = 0, at = 0, end = 0) => Number(matchesAll(patterns[which] ?? [], bytes().subarray(at, end))),
      putDecimal(which = 0, at = 0, end = 0, target = 0) {
        const store = decimals[which] as DecimalStore
        if (!store.set(0, asciiText(bytes(), at, end))) return 0
        const { words } = store
        for (let k = 0; k < 4; k++) loaded?.memory.view.setInt32(target + 4 * k, words[k] as number, true)
        return 1
      },
    },
  })
  return loaded
}
