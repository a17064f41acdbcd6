import type { Issue } from './mapped-rows.ts'

/**
 * Returns what is wrong with a value, each issue with its path. Of a union, whose own issue says nothing, it returns what the nearest shape lacks.
 *
 * @example
 * issueText([{ path: ['user', 'id'], message: 'no number' }, { path: ['at'], message: 'no time' }]) // 'user.id: no number; at: no time'
 */
export function issueText(list: readonly Issue[]): string {
  return list.map(textOf).join('; ')
}

function textOf(issue: Issue): string {
  const { path, message, received } = issue
  const shapes = shapesOf(issue)
  const isPlain = shapes.every((shape) => shape.every((one) => one.path.length === 0))
  if (isPlain) {
    const text =
      shapes.length > 0 ? eitherOf(shapes) : received === 'Invalid Date' ? message.replace(/received Date$/, 'received an invalid Date') : message
    return path.length > 0 ? `${path.join('.')}: ${text}` : text
  }
  const best = shapes.reduce((a, b) => (isNearer(b, a) ? b : a))
  const of = path.length > 0 ? ` of ${path.join('.')}` : ''
  return `${issueText(best.map((one) => ({ ...one, path: [...path, ...one.path] })))} (the nearest of ${shapes.length} shapes${of})`
}

type Shape = readonly Issue[]

/** Returns the issues of each shape of a union that fits none, those of unions in it too; none for any other issue. */
function shapesOf({ code, errors = [] }: Issue): readonly Shape[] {
  if (code !== 'invalid_union') return []
  return errors.flatMap((shape) => {
    const [only] = shape
    const inner = shape.length === 1 && only?.path.length === 0 ? shapesOf(only) : []
    return inner.length > 0 ? inner : [shape]
  })
}

const PREFIX = 'Invalid input: '

/** Returns what each of several plain types says, without the words that zod repeats. */
function eitherOf(shapes: readonly Shape[]): string {
  const messages = [...new Set(shapes.flat().map(({ message }) => message))]
  return messages.map((message, i) => (i > 0 && message.startsWith(PREFIX) ? message.slice(PREFIX.length) : message)).join(', or ')
}

/**
 * Returns how far a value is from a shape, what counts most first: it is of another type as a whole, its literals tell another shape, wrong members,
 * and how near to the top they are.
 */
function farness(shape: Shape): readonly number[] {
  const isOther = shape.some(({ path, code }) => path.length === 0 && code === 'invalid_type')
  const literals = shape.filter(({ code, values = [] }) => code === 'invalid_value' && values.length === 1)
  const members = new Set(shape.map(({ path }) => path[0]))
  return [isOther ? 1 : 0, literals.length, members.size, -Math.max(...shape.map(({ path }) => path.length)), shape.length]
}

function isNearer(a: Shape, b: Shape): boolean {
  const [x, y] = [farness(a), farness(b)]
  const at = x.findIndex((far, i) => far !== y[i])
  return at >= 0 && (x[at] as number) < (y[at] as number)
}
