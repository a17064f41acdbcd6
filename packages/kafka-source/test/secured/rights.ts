import { expect, it } from 'vitest'
import { operations, type Right, resources } from '../../../../test/broker/acls.ts'
import type { SecuredBroker } from '../../../../test/broker/secured.ts'
import { about } from './faults.ts'
import { access, change, copying, failureOf, scram } from './world.ts'

type World = Awaited<ReturnType<typeof copying>>

/** What is taken away, the code of the error, and what it says with the names of this run. */
const missing: readonly [what: string, is: (right: Right, world: World) => boolean, code: string, message: (world: World) => string[]][] = [
  ['READ on the source', (r, w) => r.resourceName === w.input, 'SOURCE_FAILED', (w) => [`"${w.input}"`, 'allow DESCRIBE on it']],
  ['READ on the group', (r, w) => r.resourceName === w.groupId, 'SOURCE_FAILED', (w) => [`"${w.groupId}"`, 'allow READ on the group']],
  [
    'WRITE on the target',
    (r, w) => r.resourceName === w.output && r.operation === operations.Write,
    'SINK_FAILED',
    (w) => [`"${w.output}"`, 'allow WRITE and READ on the topic'],
  ],
  ['everything on the target', (r, w) => r.resourceName === w.output, 'SINK_FAILED', (w) => [`"${w.output}"`, 'allow READ on it']],
  [
    'transactional ids',
    (r) => r.resourceType === resources['transactional-id'],
    'SINK_FAILED',
    () => ['as "tickets-', 'allow WRITE and DESCRIBE on transactional ids that begin with "tickets-"'],
  ],
  [
    "the sink's groups",
    (r) => r.resourceType === resources.group && r.resourceName === 'tickets-',
    'TARGET_UNUSABLE',
    () => ['group "tickets-', 'allow READ on'],
  ],
]

/** Declares tests of rights that are missing. */
export function describeRights(broker: () => SecuredBroker): void {
  const way = () => access(broker(), 'sasl', { sasl: scram })

  it.each(['kafkajs', '@platformatic/kafka'] as const)('names each right that is missing, at once, and loses nothing, over %s', async (driver) => {
    const world = await copying(broker())
    await world.send(50)
    await world.run(way(), driver)
    await world.send(20)
    const before = await world.outputs()
    for (const [what, is, code, parts] of missing) {
      const taken = world.rights.filter((right) => is(right, world))
      await change(broker(), 'take', taken)
      const error = await failureOf(() => world.run(way(), driver))
      for (const part of parts(world))
        expect.soft({ what, ...about(error) }).toEqual({ what, code, retryable: false, message: expect.stringContaining(part) })
      expect.soft({ what, ...(await world.outputs()) }).toEqual({ what, ...before })
      await change(broker(), 'allow', taken)
    }
    await world.run(way(), driver)
    await world.expectWhole(2)
  })

  it.each([
    ['DESCRIBE alone of the source', (r: Right, w: World) => r.resourceName === w.input, 'SOURCE_FAILED', (w: World) => `${w.input}.*allow READ`],
    [
      'WRITE alone of the target, whose offset is the number of the last range',
      (r: Right, w: World) => r.resourceName === w.output && r.operation === operations.Read,
      'SINK_FAILED',
      (w: World) => `"${w.output}": allow WRITE and READ`,
    ],
  ] as const)('is refused with rows to copy, which are copied when the right is there: %s', async (_, is, code, text) => {
    const world = await copying(broker())
    await world.send(10)
    await world.run(way())
    await world.send(10)
    const [taken] = world.rights.filter((right) => is(right, world)) as [Right]
    await change(broker(), 'allow', [{ ...taken, operation: operations.Describe }])
    await change(broker(), 'take', [taken])
    const message = expect.stringMatching(new RegExp(text(world)))
    expect(about(await failureOf(() => world.run(way())))).toEqual({ code, retryable: false, message })
    await change(broker(), 'allow', [taken])
    await world.run(way())
    await world.expectWhole(2)
  })
}
