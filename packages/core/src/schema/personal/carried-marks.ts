import { zodShape } from '../../base/zod-definition.ts'
import type { RowMetadata, Schema } from '../../batch/batch.ts'
import { type MarkedRows, marksAt, type PersonalMarks } from '../../store/personal-marks.ts'
import { ownMarks, unknownMarks, zodMetadata } from './own-marks.ts'

/**
 * Returns the personal columns of rows that were made of others.
 *
 * - A column whose type is that of the column before it keeps its marks.
 * - Any other column, and all of a schema that shares none, has the marks of its own type.
 * - Without such marks it is `unknown` where the rows before it have a personal column: the program may have copied that.
 *
 * @param from the columns that the new ones are made of; all by default
 */
export function carriedMarks(before: MarkedRows, schema: Schema<unknown>, from?: readonly string[]): PersonalMarks {
  if (before.zod === schema.zod) return before.marks
  const read = from ? marksAt(before.marks, ...from) : before.marks
  const [old, shape] = [zodShape(before.zod), zodShape(schema.zod)]
  const isShared = (name: string) => Object.hasOwn(old, name) && old[name] === shape[name]
  const isDeclared = zodMetadata(schema.zod)?.personal !== undefined || !Object.keys(shape).some(isShared)
  if (isDeclared) {
    const { marks, isMarked } = ownMarks(schema.zod, '')
    return isMarked || read.size === 0 ? marks : unknownMarks(schema.zod, '')
  }
  return new Map(
    Object.entries(shape).flatMap(([name, type]) => {
      if (isShared(name)) return [...marksAt(before.marks, name)]
      const { marks, isMarked } = ownMarks(type, name)
      return [...(isMarked || read.size === 0 ? marks : unknownMarks(type, name))]
    }),
  )
}

/** Returns the metadata of rows for those that an operator makes of them, with these marks; as it is where nobody asks for marks. */
export function withMarks(metadata: RowMetadata | null, { zod }: Schema<unknown>, marks: (before: MarkedRows) => PersonalMarks): RowMetadata | null {
  return metadata?.personal ? { ...metadata, personal: { zod, marks: marks(metadata.personal) } } : metadata
}
