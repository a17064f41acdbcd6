import { type $ZodType, globalRegistry } from 'zod/v4/core'
import { TicketsError } from '../../base/errors.ts'
import { zodDefinition } from '../../base/zod-definition.ts'
import type { Schema } from '../../batch/batch.ts'
import type { PersonalForm, PersonalMarks } from '../../store/personal-marks.ts'

/** What a zod type says of itself: its personal members, and whether it says anything, if only that nothing is personal. */
export interface OwnMarks {
  readonly marks: PersonalMarks
  readonly isMarked: boolean
}

/**
 * Returns what `.meta({ personal: true })` or `false` says of a type, and of what is inside of it. A mark counts for everything inside of its type that has
 * none of its own.
 *
 * @throws `OPTION_INVALID` for a mark that is neither true nor false
 */
export function ownMarks(type: $ZodType, path: string): OwnMarks {
  const marks = new Map<string, PersonalForm>()
  let isMarked = false
  const visit = (one: $ZodType, at: string, above: boolean): void => {
    const own = zodMetadata(one)?.personal
    if (own !== undefined && typeof own !== 'boolean')
      throw new TicketsError('OPTION_INVALID', `the mark \`personal\` of "${at}" is true or false, got ${JSON.stringify(own)}`)
    if (own !== undefined) isMarked = true
    const isPersonal = own ?? above
    const { type: kind, innerType, shape, element, keyType, valueType, options, discriminator } = zodDefinition(one)
    const below = at === '' ? '' : `${at}.`
    if (innerType) visit(innerType, at, isPersonal)
    else if (kind === 'object') for (const [name, member] of Object.entries(shape ?? {})) visit(member as $ZodType, `${below}${name}`, isPersonal)
    else if (element) visit(element, at, isPersonal)
    else if (keyType && valueType) {
      visit(keyType, `${at} (keys)`, isPersonal)
      visit(valueType, at, isPersonal)
    } else if (discriminator !== undefined) for (const option of options ?? []) visit(option, at, isPersonal)
    else if (isPersonal) marks.set(at, 'plain')
  }
  visit(type, path, false)
  return { marks, isMarked }
}

/** Returns what `.meta({ … })` says of a type; undefined without it. A type that was made of another by a check has that one's. */
export function zodMetadata(type: $ZodType): Readonly<Record<string, unknown>> | undefined {
  return globalRegistry.get(type)
}

/** Returns a mark `unknown` for each column of a type, and each member that has a column of its own. */
export function unknownMarks(type: $ZodType, path: string): PersonalMarks {
  return new Map(leavesOf(type, path).map((leaf) => [leaf, 'unknown' as const]))
}

/** Returns the paths of all values of a type that hold no others. */
export function leavesOf(type: $ZodType, path: string): readonly string[] {
  const { type: kind, innerType, shape, element, keyType, valueType, options, discriminator } = zodDefinition(type)
  const below = path === '' ? '' : `${path}.`
  if (innerType) return leavesOf(innerType, path)
  if (kind === 'object') return Object.entries(shape ?? {}).flatMap(([name, member]) => leavesOf(member as $ZodType, `${below}${name}`))
  if (element) return leavesOf(element, path)
  if (keyType && valueType) return [...leavesOf(keyType, `${path} (keys)`), ...leavesOf(valueType, path)]
  if (discriminator !== undefined) return [...new Set((options ?? []).flatMap((option) => leavesOf(option, path)))]
  return [path]
}

/** Returns the personal columns of a source's rows. Where its schema has no mark at all, nobody has looked, so every column is `unknown`. */
export function sourceMarks({ zod }: Schema<unknown>): PersonalMarks {
  const { marks, isMarked } = ownMarks(zod, '')
  return isMarked ? marks : unknownMarks(zod, '')
}
