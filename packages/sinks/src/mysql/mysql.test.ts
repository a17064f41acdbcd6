import { expect, test } from 'vitest'
import { settingsOfDatabase } from '../sql/connection/sql-database.ts'
import { mysql } from './mysql.ts'

test('a database shows its place, without user and password', () => {
  const database = mysql({ url: 'mysql://app:secret@db.example/shop' })
  expect(JSON.stringify(database)).toBe('{"place":"mysql:db.example:3306/shop"}')
  expect(settingsOfDatabase(database).dialect.name).toBe('mysql')
})
