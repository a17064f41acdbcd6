import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { sinkSettings } from './options.ts'

const options = { brokers: ['a:1'], topic: 't', staging: 's' }

it.each([
  [{ topic: 'a b' }, /topic/],
  [{ topic: 'x'.repeat(250) }, /topic/],
  [{ staging: undefined }, /staging.*data\/staging/],
  [{ staging: '  ' }, /staging/],
  [{ staging: 'a\0' }, /staging/],
  [{ brokers: [] }, /brokers/],
  [{ brokers: ['a'] }, /brokers/],
  [{ transactionTimeout: 0 }, /transactionTimeout/],
  [{ retryFor: -1 }, /retryFor/],
  [{ deleteWhen: 'gone' }, /deleteWhen.*needs a `key`/],
  [{ batchBytes: 0 }, /batchBytes/],
  [{ batchBytes: 1.5 }, /batchBytes/],
  [{ driver: '@platformatic/kafka' }, /writes to no topic exactly once.*Leave `driver` out/],
])('%j is refused, with what to set', (more, message) => {
  expect(() => sinkSettings({ ...options, ...(more as object) })).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }),
  )
})

it('fills in what is not given, and reads durations', () => {
  expect(sinkSettings(options)).toMatchObject({ transactionTimeout: 60_000, retryFor: 60_000, batchBytes: 524_288 })
  expect(sinkSettings({ ...options, transactionTimeout: '2 minutes', retryFor: '5s', batchBytes: 7 })).toMatchObject({
    transactionTimeout: 120_000,
    retryFor: 5000,
    batchBytes: 7,
  })
})

it('names the staging folder absolutely, so that a process that changes its folder finds recorded rows again', () => {
  expect(sinkSettings(options).staging.open({ logId: 'l', task: 't-0', flow: 'f' }).folder).toBe(resolve('s/.kafka-staging/l/t-0/f'))
})
