import { expect, test } from 'vitest'
import { inputOf } from '../input/input.ts'
import { bytesOf, compare, isFast } from './decoders.fixture.ts'
import { inputSchemas } from './input-schemas.fixture.ts'
import { MessageMaker, randomFrom } from './nested-messages.fixture.ts'
import { nestedSchemas } from './nested-schemas.fixture.ts'

/** Messages over all schemas. Set FUZZ to run more of them by hand. */
const CASES = Number(process.env.FUZZ ?? 20_000)

const schemas = [...nestedSchemas, ...inputSchemas]

test.each(schemas.map((each) => [each.schema.name, each] as const))(
  `law 9: nested messages of %s are decoded as JSON.parse and zod do, ${CASES} over all schemas`,
  (_, { schema, valid }) => {
    const total = { rows: 0, rejected: 0, fast: 0 }
    const many = Math.ceil(CASES / schemas.length)
    for (let n = 0; n < many; n += 16) {
      // From messages that are nearly all rows to those that nearly never are.
      const random = randomFrom(0x2545f491 + n * 7919)
      const maker = new MessageMaker(random, [400, 60, 20, 8][(n / 16) % 4] as number)
      const values = Array.from({ length: 16 }, () => maker.object(inputOf(schema).own, valid))
      const { batch, rejected } = compare(schema, values.map(bytesOf))
      total.rows += batch.length
      total.rejected += rejected.length
      total.fast += values.filter((value) => isFast(schema, value)).length
    }
    // Both verdicts are met, and by both decoders, or the test says nothing.
    expect(total.rows).toBeGreaterThan(many / 20)
    expect(total.rejected).toBeGreaterThan(many / 20)
    if (!['nested_checks', 'around_checked'].includes(schema.name)) expect(total.fast).toBeGreaterThan(many / 20)
  },
)

test('a struct that stands twice, or fails halfway, leaves nothing of the first', () => {
  const [{ schema, valid }] = nestedSchemas as [(typeof nestedSchemas)[number]]
  const text = JSON.stringify(valid)
  const twice = text.replace('"tags"', '"user":{"id":9,"name":"n"},"products":[{"sku":"z","price":1}],"tags"')
  const half = text.replace('"price":3', '"price":"3"')
  const { batch } = compare(schema, [twice, half, text, twice, half].map(bytesOf))
  expect(batch.toArray()).toMatchObject([
    { user: { id: 9, name: 'n' }, products: [{ sku: 'z', price: 1 }] },
    { user: { id: 7 }, products: [{ sku: 'a-1' }, { sku: 'b"2' }] },
    { user: { id: 9 }, products: [{ sku: 'z' }] },
  ])
  expect(batch.get(0)).toMatchObject({ user: expect.not.objectContaining({ address: expect.anything() }) })
})
