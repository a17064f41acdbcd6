import { isTicketsError } from '@tickets/core'
import { describe, expect, test } from 'vitest'
import { avro } from './avro.ts'

describe('avro', () => {
  test('is a format', () => {
    expect(avro({ registry: 'http://localhost:8081' }).name).toBe('avro')
  })

  test.each([{ registry: 'localhost:8081' }, { registry: 'http://localhost', unknownId: 'skip' as never }])('refuses %j', (options) => {
    expect(() => avro(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    expect(isTicketsError(null)).toBe(false)
  })
})
