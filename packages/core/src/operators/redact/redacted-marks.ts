import { leavesOf } from '../../schema/personal/own-marks.ts'
import { isWithin, type MarkedRows, type PersonalForm, type PersonalMarks } from '../../store/personal-marks.ts'
import type { Plan } from './locate-fields.ts'
import type { Redaction } from './redacted-row.ts'

/** Returns the personal columns of rows after the fields of a plan are redacted. What is hashed is listed whether it was marked or not. */
export function redactedMarks({ zod, marks }: MarkedRows, plan: Plan, how: Redaction, keepLast: number): PersonalMarks {
  const left: Record<Redaction, PersonalForm | undefined> = {
    drop: undefined,
    mask: keepLast > 0 ? 'masked' : undefined,
    hash: 'hashed',
  }
  const after = new Map<string, PersonalForm>()
  for (const path of leavesOf(zod, '')) {
    // The keys of a map stay, whatever becomes of its values.
    const isKept = !isPlanned(path, plan) || (how !== 'drop' && path.endsWith(' (keys)'))
    const form = isKept ? marks.get(path) : left[how]
    if (form !== undefined) after.set(path, form)
  }
  return after
}

function isPlanned(path: string, plan: Plan): boolean {
  return [...plan].some(([name, inner]) => isWithin(path, name) && (inner === null || isPlanned(path.slice(name.length + 1), inner)))
}
