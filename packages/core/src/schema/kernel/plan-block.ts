import * as block from '../../../assembly/field-block.ts'
import type { KernelMemory } from '../../kernels/memory.ts'
import { codeBits } from '../../store/column-store.ts'
import { DecimalStore } from '../../store/decimals.ts'
import type { Field } from '../../store/field.ts'
import { cutsDigits } from '../fast-decoder/instant.ts'
import type { FieldRule, NumberRule, RowPlan, Rule, TextRule } from '../fast-decoder/rules.ts'
import { ruledSequences } from '../fast-decoder/text.ts'
import type { Kernel, KernelHelp } from './kernel.ts'
import { putLiteral, putNames, putSequence } from './tables.ts'

/** A column of the kernel: the block of its field, and the columns inside of it. */
export interface KernelColumn {
  readonly at: number
  readonly kind: number
  readonly mayBeNull: boolean
  readonly children: readonly KernelColumn[]
}

/** A plan in the memory of the kernel. */
export interface PlanBlock {
  readonly at: number
  readonly columns: readonly KernelColumn[]
}

/** Objects nested deeper are the twin's, since the kernel reads them by recursion. */
const MAX_DEPTH = 32
const MAX_COUNT = 2 ** 31 - 1
const epochUnits = { s: block.SECONDS, ms: block.MILLISECONDS, us: block.MICROSECONDS }
const enumKinds = { 8: block.ENUM_8, 16: block.ENUM_16, 32: block.ENUM_32 }
const numberKinds: Partial<Record<Field['kind'], number>> = { number: block.DOUBLE, int32: block.INT32, integer: block.INT64 }
const kinds: Readonly<Record<Rule['is'], number | null>> = {
  text: block.TEXT,
  number: null,
  epoch: block.EPOCH,
  object: block.OBJECT,
  list: block.LIST,
  boolean: block.BOOLEAN,
  enum: null,
  instant: block.INSTANT,
  date: block.DATE,
  decimal: block.DECIMAL_128,
  zod: null,
  rest: null,
  part: null,
}

function kindOf({ kind, values }: Field, rule: Rule): number | null {
  if (rule.is === 'number') return numberKinds[kind] ?? null
  return rule.is === 'enum' ? enumKinds[codeBits(values.length)] : kinds[rule.is]
}

/** Returns whether the kernel can follow a plan. */
export function isKnown({ fields, rules }: RowPlan, depth = 1): boolean {
  return depth <= MAX_DEPTH && fields.every((field, f) => isKnownField(field, (rules[f] as FieldRule).rule, depth))
}

function isKnownField(field: Field, rule: Rule, depth: number): boolean {
  // A length below zero is one that nothing has.
  if ((rule.is === 'text' || rule.is === 'list') && !(rule.max >= 0)) return false
  if (rule.is === 'object') return isKnown(rule.plan, depth + 1)
  if (rule.is === 'list') return depth < MAX_DEPTH && isKnownField(field.children?.[0] as Field, rule.element.rule, depth + 1)
  return kindOf(field, rule) !== null
}

/** Writes plans into the memory of the kernel. */
class PlanWriter {
  readonly #memory: KernelMemory
  readonly #index: Kernel['indexNames']
  readonly #help: KernelHelp

  constructor({ memory, indexNames }: Kernel, help: KernelHelp) {
    this.#memory = memory
    this.#index = indexNames
    this.#help = help
  }

  /** Returns a new block, full of zeros. */
  #block(bytes: number): number {
    const at = this.#memory.take(bytes)
    this.#memory.bytes.fill(0, at, at + bytes)
    return at
  }

  #put(at: number, values: Readonly<Record<number, number>>): void {
    for (const [offset, value] of Object.entries(values)) this.#memory.view.setInt32(at + Number(offset), value, true)
  }

  plan({ fields, rules, strict }: RowPlan): PlanBlock {
    const at = this.#block(block.PLAN_BYTES)
    const first = this.#block(block.FIELD_BYTES * fields.length)
    const columns = fields.map((field, f) => this.#field(first + block.FIELD_BYTES * f, field, rules[f] as FieldRule))
    const names = putNames(
      this.#memory,
      fields.map(({ name }) => name),
    )
    this.#index(names)
    this.#put(at, { [block.FIELDS]: first, [block.COUNT]: fields.length, [block.NAMES]: names, [block.STRICT]: Number(strict) })
    return { at, columns }
  }

  #field(at: number, field: Field, { rule, mayMiss }: FieldRule): KernelColumn {
    const kind = kindOf(field, rule) as number
    const key = putLiteral(this.#memory, `"${field.name}":`)
    this.#put(at, {
      [block.KIND]: kind,
      [block.KEY]: key.at,
      [block.KEY_LENGTH]: key.length,
      [block.NULLABLE]: Number(field.nullable),
      [block.MAY_MISS]: Number(mayMiss),
    })
    return { at, kind, mayBeNull: field.optional || field.nullable, children: this.#rule(at, field, rule) }
  }

  /** Writes the rule of a field, and returns the columns inside of its own. */
  #rule(at: number, field: Field, rule: Rule): readonly KernelColumn[] {
    switch (rule.is) {
      case 'text':
        this.#text(at, rule)
        break
      case 'number':
        this.#number(at, rule)
        break
      case 'instant':
        this.#put(at, { [block.CUTS]: Number(cutsDigits) })
        break
      case 'epoch':
        this.#put(at, { [block.UNIT]: epochUnits[rule.unit] })
        break
      case 'enum': {
        const names = putNames(this.#memory, field.values)
        this.#index(names)
        this.#put(at, { [block.MEMBERS]: names })
        break
      }
      case 'decimal': {
        const store = new DecimalStore(field)
        this.#put(at, { [block.PRECISION]: store.precision, [block.SCALE]: store.scale, [block.DECIMAL]: this.#help.decimals.push(store) - 1 })
        break
      }
      case 'object': {
        const plan = this.plan(rule.plan)
        this.#put(at, { [block.PLAN]: plan.at })
        return plan.columns
      }
      case 'list': {
        const inside = this.#block(block.FIELD_BYTES)
        const element = this.#field(inside, field.children?.[0] as Field, rule.element)
        this.#put(at, { [block.ELEMENT]: inside, [block.MIN_ELEMENTS]: atLeast(rule.min), [block.MAX_ELEMENTS]: atMost(rule.max) })
        return [element]
      }
    }
    return []
  }

  #text(at: number, rule: TextRule): void {
    const { patterns } = this.#help
    const number = rule.patterns.length === 0 ? -1 : patterns.push(rule.patterns) - 1
    this.#put(at, { [block.MIN_LENGTH]: atLeast(rule.min), [block.MAX_LENGTH]: atMost(rule.max), [block.PATTERNS]: number })
    let next = 0
    for (const sequence of ruledSequences(rule).toReversed()) next = putSequence(this.#memory, sequence, next)
    this.#put(at, { [block.SEQUENCE]: next })
  }

  #number(at: number, { integer, min, max, above, below }: NumberRule): void {
    const bounds = { [block.MIN]: min, [block.MAX]: max, [block.ABOVE]: above, [block.BELOW]: below }
    for (const [offset, bound] of Object.entries(bounds)) this.#memory.view.setFloat64(at + Number(offset), bound, true)
    this.#put(at, { [block.INTEGER]: Number(integer) })
  }
}

/** Limits of lengths as 32-bit integers, which no message reaches. */
const atLeast = (limit: number) => Math.min(Math.ceil(limit), MAX_COUNT)
const atMost = (limit: number) => Math.min(Math.floor(limit), MAX_COUNT)

/** Writes a plan into the memory of the kernel, with numbers for what that will ask for. */
export const putPlan = (kernel: Kernel, plan: RowPlan, help: KernelHelp): PlanBlock => new PlanWriter(kernel, help).plan(plan)
