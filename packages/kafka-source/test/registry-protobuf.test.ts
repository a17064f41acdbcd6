import { afterAll, describe, expect, it } from 'vitest'
import { sharedBroker } from '../../../test/broker/shared.ts'
import { serializers } from '../../../test/registry/python.ts'
import { sharedRegistry } from '../../../test/registry/shared.ts'
import { otherProducer } from '../src/registry/other-producer.fixture.ts'
import { jsonSchema, protobuf } from '../src/registry.ts'
import { createTopic, unique } from './helpers.ts'
import { Order, order, readTopic, writeTopic } from './registry-helpers.ts'

const brokers = (await sharedBroker('Protobuf and JSON Schema on Kafka')) ?? []
const registry = (await sharedRegistry('Protobuf and JSON Schema on Kafka')) ?? ''
const isThere = brokers.length > 0 && registry !== ''
const other = isThere ? await serializers() : null
afterAll(() => other?.close())

/** Orders as another producer has them: the second message inside of another one, with a type of an imported file. */
const files = {
  'shop.proto': `syntax = "proto3";
package shop;
import "google/protobuf/timestamp.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "user.proto";
message Other { string x = 1; }
message Events {
  message First { int32 a = 1; }
  message Order {
    string id = 1;
    google.protobuf.Timestamp at = 2;
    string day = 3;
    string total = 4;
    uint64 number = 5;
    google.protobuf.StringValue note = 6;
    Level level = 7;
    bytes raw = 8;
    google.protobuf.Struct any = 9;
    repeated Line lines = 10;
    map<string, int64> labels = 11;
    people.User user = 12;
    bool unknown = 13;
  }
  message Line { string sku = 1; sint32 count = 2; optional double price = 3; }
  enum Level { none = 0; low = 1; high = 2; }
}
`,
  'user.proto': 'syntax = "proto3";\npackage people;\nmessage User { string name = 1; bool isNew = 2; }\n',
}
const asTheirs = ({ at, raw, note, lines, labels, ...row }: Order) => ({
  ...row,
  at: at.toISOString(),
  ...(note === undefined ? {} : { note }),
  raw: Buffer.from(raw).toString('base64'),
  lines: lines.map(({ price, ...line }) => (price === null ? line : { ...line, price })),
  labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)])),
  unknown: true,
})

describe.skipIf(!isThere)('Protobuf on Kafka', () => {
  const topicOf = async (name: string) => {
    const topic = unique(name)
    await createTopic(brokers, topic)
    return topic
  }
  const common = (topic: string) => ({ brokers: brokers.join(), registry, topic })

  it.skipIf(!other)("reads what Confluent's serializer wrote, with references and messages inside of others", async () => {
    const topic = await topicOf('proto')
    const rows = [0, 1, 2].map((i) => ({ ...order(i), number: '18446744073709551615' }))
    await other?.produce({ format: 'protobuf', ...common(topic), files, main: 'shop.proto', message: 'Events.Order', rows: rows.map(asTheirs) })
    const found = await readTopic({ schema: Order, brokers, topic, format: protobuf({ registry }) })
    expect(found.dead).toEqual([])
    expect(found.rows).toEqual(rows)
  })

  it.skipIf(!other)("writes what Confluent's deserializer and its own source read", async () => {
    const topic = await topicOf('proto')
    const rows = [0, 1, 2].map(order)
    await writeTopic(Order, rows, { brokers, topic, format: protobuf({ registry }) })
    const found = await readTopic({ schema: Order, brokers, topic, format: protobuf({ registry }) })
    expect(found.dead).toEqual([])
    expect(found.rows).toEqual(rows)
    const latest = await otherProducer(registry).client.version(`${topic}-value`, 'latest', { retryFor: 0 })
    const read = await other?.consume({
      format: 'protobuf',
      ...common(topic),
      files: { 'order.proto': latest?.schema ?? '' },
      main: 'order.proto',
      message: 'Order',
      count: 3,
    })
    expect(read).toMatchObject(rows.map(({ id, total, number, level, any }) => ({ id, total, number, level, any })))
  })

  const schema = (more: object = {}) => ({
    title: 'Order',
    type: 'object',
    properties: { id: { type: 'string' }, at: { type: 'string' }, total: { type: 'string' }, ...more },
  })
  const asJson = ({ at, raw, ...row }: Order) => ({ ...row, at: at.toISOString(), raw: Buffer.from(raw).toString('base64') })

  it.skipIf(!other)('reads and writes JSON of a schema as Confluent does', async () => {
    const topic = await topicOf('json')
    const rows = [0, 1, 2].map(order)
    await other?.produce({ format: 'json', ...common(topic), schema: schema(), rows: rows.map(asJson) })
    expect((await readTopic({ schema: Order, brokers, topic, format: jsonSchema({ registry }) })).rows).toEqual(rows)
    const back = await topicOf('json')
    await writeTopic(Order, rows, { brokers, topic: back, format: jsonSchema({ registry }) })
    expect(await other?.consume({ format: 'json', ...common(back), schema: schema(), count: 3 })).toEqual(rows.map(asJson))
  })
})
