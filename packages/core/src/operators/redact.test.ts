import { createHmac } from 'node:crypto'
import type { Data } from 'apache-arrow'
import fc from 'fast-check'
import { type Observable, of } from 'rxjs'
import { expect, expectTypeOf, test } from 'vitest'
import * as z from 'zod'
import { count } from '../aggregate/count.ts'
import { Batch, internals, type RowOf } from '../batch/batch.ts'
import type { CommitLog } from '../connectors/commit-log.ts'
import { pipeline } from '../pipeline/pipeline.ts'
import { defineSchema } from '../schema/define.ts'
import { checkOperator } from '../testing/check-operator.ts'
import { memoryLog } from '../testing/memory-log.ts'
import { memorySink } from '../testing/memory-sink.ts'
import { memorySource, messagesOf } from '../testing/memory-source.ts'
import { date } from '../values/date.ts'
import { decimal } from '../values/decimal.ts'
import { instant } from '../values/instant.ts'
import { json } from '../values/json-value.ts'
import { tumbling } from '../window/tumbling.ts'
import { into } from './into.ts'
import { redact } from './redact.ts'
import { windowed } from './windowed.ts'

const Order = defineSchema(
  z.object({
    at: instant(),
    email: z.string(),
    level: z.enum(['new', 'old']).nullable(),
    client: z.int(),
    user: z.object({ email: z.string(), born: date().nullable(), address: z.object({ city: z.string() }).optional() }).nullish(),
    products: z.array(z.object({ serial: z.string().nullable(), price: decimal(10, 2) })),
    tags: z.array(z.string()).optional(),
    labels: z.record(z.string(), z.object({ text: z.string(), by: z.int32() })),
    extra: json(),
  }),
  { name: 'order', time: 'at' },
)
type Order = RowOf<typeof Order>

const key = 'a key of more than sixteen bytes'
const hashOf = (value: string | number) => createHmac('sha256', key).update(String(value)).digest('hex')
const order = (i: number, more: Partial<Order> = {}): Order => ({
  at: new Date(1767225600000 + i * 1000),
  email: `${i % 3}@example.org`,
  level: i % 3 === 0 ? null : i % 2 ? 'new' : 'old',
  client: i % 5,
  user: { email: `${i % 4}@example.org`, born: i % 2 ? null : '1999-12-31', address: { city: 'Lyon' } },
  products: Array.from({ length: i % 3 }, (_, k) => ({ serial: k ? null : `S-${i}`, price: '4.50' })),
  tags: i % 2 ? ['a', 'b'] : [],
  labels: { first: { text: `t${i}`, by: i } },
  extra: { email: 'x' },
  ...more,
})
const batch = Batch.of(Order, [order(0), order(1, { user: null }), order(2), order(3)])

function rowsOf<R>(flow: Observable<Batch<R>>): R[] {
  const rows: R[] = []
  flow.subscribe({
    next: (some) => rows.push(...some),
    error: (error) => {
      throw error
    },
  })
  return rows
}
function errorOf(flow: Observable<Batch<unknown>>): unknown {
  let found: unknown
  flow.subscribe({ error: (error) => (found = error) })
  return found
}

test('drops columns, and members of objects, lists and maps, from rows and schema', () => {
  const flow = of(batch).pipe(redact({ fields: ['email', 'user.email', 'products.serial', 'labels.text', 'extra'], how: 'drop' }))
  expect(rowsOf(flow)).toEqual(
    batch.toArray().map(({ email, extra, user, products, labels, ...rest }) => {
      const { email: _, ...others } = user ?? { email: '' }
      return {
        ...rest,
        user: user ? others : null,
        products: products.map(({ price }) => ({ price })),
        labels: { first: { by: labels.first?.by } },
      }
    }),
  )
  flow.subscribe((one) => {
    expect(one.schema.fields.map(({ name }) => name)).toEqual(['at', 'level', 'client', 'user', 'products', 'tags', 'labels'])
    expect([one.schema.name, one.schema.time]).toEqual(['order_redacted', 'at'])
  })
})

test('drops an object whole, and leaves columns that nothing is in as they are', () => {
  const [made] = rowsOf(of(batch).pipe(redact({ fields: ['user.address', 'products', 'labels'], how: 'drop' })))
  const { products, labels, user, ...rest } = order(0)
  expect(made).toEqual({ ...rest, user: { email: '0@example.org', born: '1999-12-31' } })
  of(batch)
    .pipe(redact({ fields: ['products'], how: 'drop' }))
    .subscribe((one) => expect(internals.columns(one)[1]).toBe(internals.columns(batch)[1]))
})

test('masks text at any depth, keeps null, and shows no length', () => {
  const flow = of(batch).pipe(redact({ fields: ['email', 'level', 'user.address.city', 'products.serial', 'tags'], how: 'mask' }))
  expect(rowsOf(flow)).toEqual(
    batch.toArray().map((row) => ({
      ...row,
      email: '***',
      level: row.level && '***',
      user: row.user && { ...row.user, address: { city: '***' } },
      products: row.products.map((product) => ({ ...product, serial: product.serial && '***' })),
      tags: row.tags?.map(() => '***'),
    })),
  )
})

test('hashes are HMAC-SHA-256 in hex: of text, of the digits of a number, of a day', () => {
  const fields = ['email', 'level', 'client', 'user.email', 'user.born', 'products.serial', 'labels.by', 'tags'] as const
  expect(rowsOf(of(batch).pipe(redact({ fields, how: 'hash', key })))).toEqual(
    batch.toArray().map((row) => ({
      ...row,
      email: hashOf(row.email),
      level: row.level && hashOf(row.level),
      client: hashOf(row.client),
      user: row.user && { ...row.user, email: hashOf(row.user.email), born: row.user.born && hashOf(row.user.born) },
      products: row.products.map((product) => ({ ...product, serial: product.serial && hashOf(product.serial) })),
      labels: { first: { text: row.labels.first?.text, by: hashOf(row.labels.first?.by ?? 0) } },
      tags: row.tags?.map(hashOf),
    })),
  )
})

test('equal values have equal hashes in every column, batch and pipeline under one key, so that they join', () => {
  const other = defineSchema(z.object({ at: instant(), who: z.string(), client: z.string() }), { name: 'login', time: 'at' })
  const logins = Batch.of(other, [{ at: new Date(0), who: '2@example.org', client: '2' }])
  const [login] = rowsOf(of(logins).pipe(redact({ fields: ['who', 'client'], how: 'hash', key: Buffer.from(key) })))
  const orders = rowsOf(of(batch, batch).pipe(redact({ fields: ['email', 'client', 'user.email'], how: 'hash', key })))
  expect(orders.map((row) => [row.email === login?.who, row.user?.email === login?.who, row.client === login?.client])).toEqual(
    [...batch, ...batch].map((row) => [row.email === '2@example.org', row.user?.email === '2@example.org', row.client === 2]),
  )
  const [foreign] = rowsOf(of(logins).pipe(redact({ fields: ['who'], how: 'hash', key: `${key}.` })))
  expect(foreign?.who).not.toBe(login?.who)
})

test('hashes what a loop over the rows hashes, of any values, whether they repeat or not', () => {
  const text = fc.oneof(fc.constantFrom('a', 'b', ''), fc.string({ unit: 'grapheme' }))
  const row = fc.record({
    email: text,
    level: fc.constantFrom('new' as const, 'old' as const, null),
    client: fc.maxSafeInteger(),
    user: fc.option(fc.record({ email: text, born: fc.constantFrom(null, '2026-02-28') })),
    products: fc.array(fc.record({ serial: fc.option(text), price: fc.constant('1.00') }), { maxLength: 3 }),
  })
  const flow = redact<Order, 'email' | 'level' | 'client' | 'user.email' | 'products.serial', 'hash'>({
    fields: ['email', 'level', 'client', 'user.email', 'products.serial'],
    how: 'hash',
    key,
  })
  fc.assert(
    fc.property(fc.array(row, { maxLength: 60 }), (some) => {
      const rows = some.map((one, i) => order(i, one))
      const hash = (value: string | number | null) => (value === null ? null : hashOf(value))
      expect(rowsOf(of(Batch.of(Order, rows)).pipe(flow))).toEqual(
        rows.map((one) => ({
          ...one,
          email: hash(one.email),
          level: hash(one.level),
          client: hash(one.client),
          user: one.user && { ...one.user, email: hash(one.user.email) },
          products: one.products.map((product) => ({ ...product, serial: hash(product.serial) })),
        })),
      )
    }),
    { numRuns: 50 },
  )
})

test('keeps event times, watermarks, positions and origin', () => {
  const metadata = { watermarks: Float64Array.of(1, 2, 3, 4), offsets: Float64Array.of(5, 6, 7, 8) }
  const read = internals.make(Order, internals.columns(batch), batch.length, metadata, 'task')
  for (const flow of [
    of(read).pipe(redact({ fields: ['user'], how: 'drop' })),
    of(read).pipe(redact({ fields: ['email'], how: 'mask' })),
    of(read).pipe(redact({ fields: ['email'], how: 'hash', key })),
  ])
    flow.subscribe((one: Batch<unknown>) =>
      expect([internals.metadata(one), internals.origin(one), one.schema.time]).toEqual([metadata, 'task', 'at']),
    )
})

test('refuses options that do not go together', () => {
  const made = (options: object) => () => redact<Order, 'email', 'hash'>(options as never)
  expect(made({ fields: [], how: 'drop' })).toThrow('at least one field')
  expect(made({ fields: ['email'], how: 'hash' })).toThrow("takes a key with how: 'hash'")
  expect(made({ fields: ['email'], how: 'hash', key: 'short' })).toThrow('at least 16 bytes, got 5')
  expect(made({ fields: ['email'], how: 'drop', key })).toThrow("takes a key only with how: 'hash'")
  expect(made({ fields: ['email'], how: 'hash', key, keepLast: 1 })).toThrow('keepLast')
  expect(made({ fields: ['email'], how: 'mask', keepLast: -1 })).toThrow('keepLast')
  expect(made({ fields: ['email'], how: 'erase' })).toThrow('got "erase"')
})

test('after a window, keys can be hashed and not be dropped, and a column with dots in its name is found', () => {
  const byCountry = () => of(batch).pipe(windowed(tumbling({ size: '1 hour' }), { by: 'user.email', aggregate: { orders: count() } }))
  const hashed = rowsOf(byCountry().pipe(redact({ fields: ['user.email'], how: 'hash', key })))
  expect(hashed.map((row) => row['user.email']).sort()).toEqual(
    [hashOf('0@example.org'), hashOf('2@example.org'), hashOf('3@example.org'), null].sort(),
  )
  expect(errorOf(byCountry().pipe(redact({ fields: ['user.email'], how: 'mask' })))).toMatchObject({
    message: expect.stringContaining('it is a key of'),
  })
})

test('several redactions follow one another, and an empty batch passes', () => {
  const flow = (one: Batch<Order>) =>
    of(one).pipe(
      redact({ fields: ['user'], how: 'drop' }),
      redact({ fields: ['email'], how: 'hash', key }),
      redact({ fields: ['tags'], how: 'mask' }),
    )
  const [first] = rowsOf(flow(batch))
  expect([first && 'user' in first, first?.email, first?.tags]).toEqual([false, hashOf('0@example.org'), []])
  const schemas: string[] = []
  flow(Batch.of(Order, [])).subscribe((one) => schemas.push(`${one.schema.name} ${one.length}`))
  expect(schemas).toEqual(['order_redacted 0'])
})

test('the key is in no record of the log, and redaction can be added to a flow that runs', async () => {
  const message = { at: '2026-01-01T00:00:00Z', email: 'a@example.org', level: null, client: 1, products: [], labels: {}, extra: 1 }
  const messages = messagesOf([message, message])
  const sinks = [memorySink('orders'), memorySink('orders')] as const
  const run = (log: CommitLog, sink: object, until: number, secret: string | null) =>
    pipeline({
      name: 'orders',
      source: memorySource<Order>({ schema: Order, partitions: [messages.slice(0, until)], until: 'now' }),
      log,
      flows: (all) => ({
        orders: (secret === null ? all : all.pipe(redact({ fields: ['email'], how: 'hash', key: secret }))).pipe(into(sink as never)),
      }),
    }).run()
  const [plain, hashed] = [memoryLog(), memoryLog()]
  await run(plain, sinks[0], 1, null)
  await run(plain, sinks[0], 2, key)
  expect(sinks[0].rows.map((row) => (row as Order).email)).toEqual(['a@example.org', hashOf('a@example.org')])
  await run(hashed, sinks[1], 1, key)
  const kept = JSON.stringify([await hashed.pipeline(), [...hashed.records].map(([task, all]) => [task, ...all.values()])])
  expect(kept).toContain('["redact",{"fields":["email"],"how":"hash"}]')
  expect(kept).not.toContain(key)
})

test('rows without a value take no bytes', () => {
  const bytesOf = (fields: readonly ('level' | 'user.email')[], how: 'hash' | 'mask', at: (columns: readonly Data[]) => Data | undefined) => {
    const sizes: (number | undefined)[] = []
    const options = how === 'hash' ? { fields, how, key } : { fields, how }
    of(Batch.of(Order, [order(0, { user: null }), order(1, { user: null }), order(2)]))
      .pipe(redact(options as { fields: typeof fields; how: 'mask' }))
      .subscribe((one) => sizes.push(at(internals.columns(one))?.values.length))
    return sizes
  }
  const email = (columns: readonly Data[]) => columns[4]?.children[0] as Data | undefined
  expect(bytesOf(['level'], 'hash', (columns) => columns[2])).toEqual([128])
  expect(bytesOf(['user.email'], 'hash', email)).toEqual([64])
  expect(bytesOf(['user.email'], 'mask', email)).toEqual([3])
})

test('the types know the paths, and what becomes of the rows', () => {
  // @ts-expect-error no such member
  redact<Order, 'user.mail', 'drop'>({ fields: ['user.mail'], how: 'drop' })
  // @ts-expect-error the key goes with hash
  const wrong = () => redact<Order, 'email', 'drop'>({ fields: ['email'], how: 'drop', key })
  expect(wrong).toThrow()
  const dropped = () => of(batch).pipe(redact({ fields: ['email', 'user.email', 'products.serial', 'labels.text'], how: 'drop' }))
  const hashed = () => of(batch).pipe(redact({ fields: ['client', 'level', 'user.born', 'labels.by', 'products.serial'], how: 'hash', key }))
  type RowsOf<F extends () => unknown> = ReturnType<F> extends Observable<Batch<infer R>> ? R : never
  type Dropped = RowsOf<typeof dropped>
  type Hashed = RowsOf<typeof hashed>
  expectTypeOf<'email' extends keyof Dropped ? true : false>().toEqualTypeOf<false>()
  expectTypeOf<NonNullable<Dropped['user']>>().toEqualTypeOf<{ born: string | null; address?: { city: string } | undefined }>()
  expectTypeOf<Dropped['products']>().toEqualTypeOf<{ price: string }[]>()
  expectTypeOf<Dropped['labels']>().toEqualTypeOf<Record<string, { by: number }>>()
  expectTypeOf<Dropped['at']>().toEqualTypeOf<Date>()
  expectTypeOf<Hashed['client']>().toEqualTypeOf<string>()
  expectTypeOf<Hashed['level']>().toEqualTypeOf<string | null>()
  expectTypeOf<NonNullable<Hashed['user']>['born']>().toEqualTypeOf<string | null>()
  expectTypeOf<Hashed['labels']>().toEqualTypeOf<Record<string, { text: string; by: string }>>()
  expectTypeOf<Hashed['extra']>().toEqualTypeOf<Order['extra']>()
})

test('keeps the laws of operators', () => {
  checkOperator(Order, redact({ fields: ['email', 'user.email', 'products.serial', 'client'], how: 'hash', key }))
  checkOperator(Order, redact({ fields: ['email', 'tags', 'products.serial'], how: 'mask', keepLast: 2 }))
  checkOperator(Order, redact({ fields: ['user.email', 'products', 'labels.text'], how: 'drop' }))
})
