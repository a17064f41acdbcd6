import { expect, test } from 'vitest'
import { settingsOfDatabase } from '../sql/connection/sql-database.ts'
import { postgres } from './postgres.ts'

test('a database is its place, without user and password, and speaks PostgreSQL', () => {
  const database = postgres({ url: 'postgres://app:s3cret@db/support', schema: 'lake' })
  expect(database).toEqual({ place: 'postgres:db:5432/support/lake' })
  expect(settingsOfDatabase(database).dialect.name).toBe('postgres')
})
