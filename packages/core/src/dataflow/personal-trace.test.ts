import { expect, test } from 'vitest'
import * as z from 'zod'
import { Batch, internals } from '../batch/batch.ts'
import { defineSchema } from '../schema/define.ts'
import { instant } from '../values/instant.ts'
import { PersonalFindings } from './personal-trace.ts'

const Row = defineSchema(z.object({ at: instant(), who: z.string() }), { name: 'row', time: 'at' })
const Other = defineSchema(z.object({ at: instant(), text: z.string() }), { name: 'other', time: 'at' })
const findings = () => new PersonalFindings({ zod: Row.zod, marks: new Map([['who', 'plain']]) })

test('an empty batch whose marks are not known counts as made of rows of the source', () => {
  const trace = findings().trace('f')
  expect([...trace.marksOf(Batch.of(Row, []))]).toEqual([['who', 'plain']])
  expect([...trace.marksOf(Batch.of(Other, []))]).toEqual([
    ['at', 'unknown'],
    ['text', 'unknown'],
  ])
})

test('an empty batch gets the marks of its own schema, and everything else passes as it is', () => {
  const trace = findings().trace('f')
  const rows = Batch.of(Row, [{ at: new Date(0), who: 'Ann' }])
  expect([trace.marked(rows), trace.marked('text')]).toEqual([rows, 'text'])
  const empty = trace.marked(Batch.of(Row, []))
  expect(internals.metadata(empty)?.personal).toMatchObject({ zod: Row.zod })
  // The marks of the rows before are kept, whatever the source has.
  const hashed = internals.make(Row, internals.columns(empty), 0, {
    watermarks: new Float64Array(0),
    offsets: new Float64Array(0),
    personal: { zod: Row.zod, marks: new Map([['who', 'hashed']]) },
  })
  expect([...trace.marksOf(hashed)]).toEqual([['who', 'hashed']])
})

test('what operators hold is noted by flow and operator, joined where one is asked twice', () => {
  const found = findings()
  const trace = found.trace('f')
  trace.remembers('dedupe', new Map([['who', 'hashed']]))
  trace.remembers('dedupe', new Map([['who', 'plain']]))
  trace.late('windowed', new Map())
  expect([...found.remembered]).toEqual([['f/dedupe', new Map([['who', 'plain']])]])
  expect([...found.late.keys()]).toEqual(['f/windowed'])
})
