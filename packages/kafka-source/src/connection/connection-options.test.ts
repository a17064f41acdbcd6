import type { Logger } from '@tickets/core'
import { describe, expect, it } from 'vitest'
import { checkBrokers, positive, time, withHarmlessLogger } from './connection-options.ts'

const invalid = expect.objectContaining({ code: 'OPTION_INVALID' })

describe('checkBrokers', () => {
  it('takes names and addresses with a port', () => {
    const brokers = ['localhost:9092', '[::1]:9092', 'a.b:1']
    expect(checkBrokers(brokers)).toBe(brokers)
  })

  it.each([[[]], [['localhost']], [['a:1', ':9092']], [['a:b']]])('refuses %j', (brokers) => expect(() => checkBrokers(brokers)).toThrow(invalid))
})

it('positive takes whole numbers from 1', () => {
  expect(positive(1, 'x')).toBe(1)
  for (const wrong of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => positive(wrong, 'x')).toThrow(invalid)
})

it('time returns milliseconds, and the default where none is given', () => {
  expect([time(undefined, 7, 'x'), time('2s', 7, 'x'), time(5, 7, 'x')]).toEqual([7, 2000, 5])
  expect(() => time(0, 7, 'x')).toThrow(invalid)
})

it('withHarmlessLogger keeps a logger that throws from ending a run', () => {
  const throwing = () => {
    throw new Error('no logger')
  }
  const own: Logger = { debug: throwing, info: throwing, warn: throwing, error: throwing }
  const { logger } = withHarmlessLogger({ logger: own })
  expect(() => logger?.warn('x')).not.toThrow()
  expect(withHarmlessLogger({})).toEqual({})
})
