import { type Data, makeData } from 'apache-arrow'
import { arrowType } from '../../batch/arrow-types.ts'
import { validityOf } from '../../batch/columns.ts'
import { elementOf } from '../../store/column-store.ts'
import type { Field } from '../../store/field.ts'
import type { Plan } from './locate-fields.ts'

/** A column to replace, with the path that names it. `isPresent` says whether a row has a value that a reader can see. */
export interface Found {
  readonly path: string
  readonly field: Field
  readonly data: Data
  readonly isPresent: (i: number) => boolean
}

/** Makes the column in place of one; null drops it. */
export type Replace = ((found: Found) => Data) | null

/** Returns the columns of a batch with those of a plan replaced or dropped. The others are shared, not copied. `fields` are those before, `fresh` those after. */
export function redactedColumns(fields: readonly Field[], columns: readonly Data[], fresh: readonly Field[], plan: Plan, replace: Replace): Data[] {
  return membersOf({ fields, columns, fresh, plan, above: '', isPresent: () => true }, replace)
}

interface Level {
  readonly fields: readonly Field[]
  readonly columns: readonly Data[]
  readonly fresh: readonly Field[]
  readonly plan: Plan
  readonly above: string
  readonly isPresent: (i: number) => boolean
}

function membersOf({ fields, columns, fresh, plan, above, isPresent }: Level, replace: Replace): Data[] {
  return fields.flatMap((field, c) => {
    const data = columns[c] as Data
    const inner = plan.get(field.name)
    if (inner === undefined) return data
    if (inner === null && replace === null) return []
    const after = fresh.find(({ name }) => name === field.name) as Field
    return columnOf({ path: `${above}${field.name}`, field, data, isPresent }, after, inner, replace)
  })
}

function columnOf(found: Found, fresh: Field, plan: Plan | null, replace: Replace): Data {
  const { path, field, data } = found
  const { length, nullCount } = data
  const common = { type: arrowType(fresh), length, nullCount, nullBitmap: nullCount > 0 ? data.nullBitmap : null }
  const isValid = validityOf(data)
  const isPresent = nullCount > 0 ? (i: number) => isValid(i) && found.isPresent(i) : found.isPresent
  const inside = (values: Data) => columnOf({ path, field: elementOf(field), data: values, isPresent: () => true }, elementOf(fresh), plan, replace)
  switch (field.kind) {
    case 'list':
      return makeData({ ...common, valueOffsets: data.valueOffsets, child: inside(data.children[0] as Data) } as never)
    case 'map': {
      const entries = data.children[0] as Data
      const [keys, values] = entries.children as [Data, Data]
      const child = makeData({ type: common.type.children[0]?.type, length: entries.length, nullCount: 0, children: [keys, inside(values)] } as never)
      return makeData({ ...common, valueOffsets: data.valueOffsets, child } as never)
    }
    case 'struct': {
      const level = {
        fields: field.children ?? [],
        columns: data.children as Data[],
        fresh: fresh.children ?? [],
        plan: plan as Plan,
        above: `${path}.`,
        isPresent,
      }
      return makeData({ ...common, children: membersOf(level, replace) } as never)
    }
    default:
      return (replace as NonNullable<Replace>)({ ...found, isPresent })
  }
}
