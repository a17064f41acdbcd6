import { defineSchema, instant, type Schema } from '@tickets/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { describeEach, ownDatabases } from '../../test/databases.ts'
import { anyRow, Every, plain, sparse } from '../../test/helpers.ts'
import { newTable } from '../../test/mysql-helpers.ts'
import { writeAll } from '../../test/things.ts'

const databases = await ownDatabases('rows in tables')
const at = new Date('2026-11-21T12:00:00.000Z')

/** A row as another client reads it, in our words: NULL is null or an absent key, TINYINT is 0 or 1. */
const fromSql = (row: Record<string, unknown>): Every => {
  const out: Record<string, unknown> = {}
  for (const { name, kind, optional } of Every.fields) {
    const value = row[name]
    if (value === null && optional) continue
    out[name] = kind === 'boolean' && value !== null ? value === 1 || value === true : kind === 'integer' && value !== null ? Number(value) : value
  }
  return out as Every
}

describeEach(databases, 'rows in a table', ({ kind, query, rows: rowsOf, sink }) => {
  test('values of every kind come back as they were, whatever they are', async () => {
    const table = newTable()
    const rows: Every[] = [plain, sparse, { ...plain, real: -0 }]
    const samples = fc.sample(anyRow, { numRuns: 300, seed: 5 })
    await writeAll(sink<Every>({ table }), Every, rows, samples)
    const found = (await query(`SELECT * FROM ${table}`)).map(fromSql)
    const text = (of: readonly Every[]) =>
      of.map((row) => JSON.stringify(Every.fields.map(({ name }) => row[name as keyof Every] ?? `no ${name}`))).sort()
    expect(text(found)).toEqual(text([...rows, ...samples]))
  })

  test('keys are distinguished by case, accents and trailing spaces; the last row of a key counts, over ranges and tasks', async () => {
    const Pair = defineSchema(z.object({ id: z.string(), v: z.int32(), at: instant() }), { name: 'pair', time: 'at' })
    const table = newTable()
    const ids = ['a', 'A', 'á', 'a ', ' a', 'a\t', '']
    const keyed = sink<{ id: string; v: number; at: Date }>({ table, key: 'id' })
    await writeAll(
      keyed,
      Pair,
      ids.flatMap((id, v) => [
        { id, v: -1, at },
        { id, v, at },
      ]),
      [{ id: 'a', v: 100, at }],
    )
    const found = await query(`SELECT id, v FROM ${table} ORDER BY v`)
    expect(found).toEqual([...ids.map((id, v) => ({ id, v })).slice(1), { id: 'a', v: 100 }])
  })

  test('7.2 of a window the highest revision stays, in whatever order they come; key: [] keeps each', async () => {
    const Window = defineSchema(z.object({ window_start: instant(), kind: z.string(), n: z.int(), revision: z.int32() }), {
      name: 'w',
      time: 'window_start',
    })
    const windows = { ...Window, keys: ['window_start', 'kind'] } as typeof Window
    const row = (kind: string, revision: number) => ({ window_start: at, kind, n: 10 * revision, revision })
    type Row = ReturnType<typeof row>
    const ranges = [[row('x', 1), row('y', 0)], [row('x', 0), row('y', 2), row('y', 1)], [row('y', 1)]]
    const [table, all] = [newTable(), newTable()]
    await writeAll(sink<Row>({ table }), windows, ...ranges)
    await writeAll(sink<Row>({ table: all, key: [] as const }), windows, ...ranges)
    expect(await query(`SELECT kind, n, revision FROM ${table} ORDER BY kind`)).toEqual([
      { kind: 'x', n: 10, revision: 1 },
      { kind: 'y', n: 20, revision: 2 },
    ])
    expect(await query(`SELECT COUNT(*) AS n FROM ${all}`)).toEqual([{ n: 6 }])
  })

  const nasty = [
    "Robert'); DROP TABLE students;--",
    '`; DROP TABLE x; -- `',
    'a"b',
    'select',
    '?',
    ':n',
    '%s',
    'ü ñ 表',
    "it''s",
    '-- x',
    '/* x */',
    '$' + '{x}',
    'a\u2028b',
  ]

  test('a table or a column may be called anything that a name can be, and is only ever a name', async () => {
    const canary = newTable('canary')
    await query(`CREATE TABLE ${canary} (x INT)`)
    for (const name of nasty.filter((one) => !/[./\\]/.test(one))) {
      const schema = defineSchema(z.object({ at: instant(), [name]: z.string(), [`${name}2`]: z.enum([name, 'b']) }), {
        name: 'nasty',
        time: 'at' as never,
      })
      const row = { at, [name]: name, [`${name}2`]: name } as never
      await writeAll(sink<never>({ table: name, key: name as never }), schema as Schema<never>, [row], [row])
      const [found] = (await rowsOf(name)) ?? []
      expect(found, name).toEqual({ at, [name]: name, [`${name}2`]: name })
    }
    expect(await rowsOf(canary)).toEqual([])
  })

  test('values are values', async () => {
    const table = newTable()
    const values = [...nasty, "\\'; DROP TABLE x; --", '\\', "' OR 1=1 --", kind === 'mysql' ? '\x1a\b\n\r\t\0' : '\x1a\b\n\r\t']
    await writeAll(
      sink<Every>({ table }),
      Every,
      values.map((text) => ({ ...plain, text, maybe: text })),
    )
    expect((await rowsOf(table))?.map(({ text }) => text).sort()).toEqual([...values].sort())
  })
})
