import { zodDefinition } from '@tickets/core/command-line'
import { type $ZodObject, type $ZodType, globalRegistry } from 'zod/v4/core'
import { placeholderOf, type TextKind, textKindOf, unwrapped } from './text-kind.ts'

/** One value of a configuration, as its schema says. */
export interface Setting {
  /** Its place in the object. */
  readonly path: readonly string[]
  /** Without the dashes. */
  readonly flag: string
  readonly env: string
  readonly kind: TextKind
  readonly isRequired: boolean
  readonly isSecret: boolean
  readonly description: string
  readonly placeholder: string
  /** The default as text; null where there is none. */
  readonly fallback: string | null
}

const words = (name: string) => name.replaceAll(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase()

/** The type and all that it wraps, from the outside in. */
function layers(type: $ZodType): $ZodType[] {
  const inner = unwrapped(type)
  return inner ? [type, ...layers(inner)] : [type]
}

function shown(value: unknown, unit: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return value.map((one) => shown(one, unit)).join(',')
  return typeof value === 'number' && typeof unit === 'string' ? `${value}${unit}` : String(value)
}

function settingOf(path: readonly string[], type: $ZodType, prefix: string): Setting {
  const all = layers(type)
  const meta = Object.assign({}, ...all.toReversed().map((layer) => globalRegistry.get(layer) ?? {})) as Record<string, unknown>
  const kind = textKindOf(path.join('.'), type)
  const flag = path.map(words).join('-')
  const withDefault = all.find((layer) => ['default', 'prefault', 'catch'].includes(zodDefinition(layer).type))
  const fallback = withDefault ? zodDefinition(withDefault).defaultValue : undefined
  const isSecret = meta.secret === true
  return {
    path,
    flag,
    env: `${prefix}${flag.replaceAll('-', '_').toUpperCase()}`,
    kind,
    isRequired: !withDefault && !all.some((layer) => zodDefinition(layer).type === 'optional'),
    isSecret,
    description: typeof meta.description === 'string' ? meta.description : '',
    placeholder: typeof meta.placeholder === 'string' ? meta.placeholder : placeholderOf(kind),
    fallback: fallback === undefined || isSecret ? null : shown(fallback, meta.unit),
  }
}

/**
 * Returns the values of an object schema in their order, including those of nested objects. Throws `OPTION_INVALID` for a type that no text can
 * express.
 */
export function settingsOf(schema: $ZodObject, prefix: string, above: readonly string[] = []): Setting[] {
  return Object.entries(zodDefinition(schema).shape ?? {}).flatMap(([key, type]) => {
    const path = [...above, key]
    const core = layers(type).at(-1) as $ZodType
    return zodDefinition(core).type === 'object' ? settingsOf(core as $ZodObject, prefix, path) : [settingOf(path, type, prefix)]
  })
}
