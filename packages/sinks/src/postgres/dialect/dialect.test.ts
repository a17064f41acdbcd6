import { expect, test } from 'vitest'
import { postgresDialect } from './dialect.ts'

test('names that differ in case are two columns, and a schema is an option', () => {
  expect([postgresDialect.isSameName('a', 'A'), postgresDialect.isSameName('a', 'a')]).toEqual([false, true])
  expect(postgresDialect.nameThePlace).toContain('`schema`')
})
