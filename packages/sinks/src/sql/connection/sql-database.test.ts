import { expect, test } from 'vitest'
import { settingsOf } from '../../mysql/settings.ts'
import { settingsOfDatabase, sqlDatabase } from './sql-database.ts'

test('the settings of a database are known to the package alone', () => {
  const settings = settingsOf({ url: 'mysql://localhost/shop' })
  const database = sqlDatabase(settings)
  expect(settingsOfDatabase(database)).toBe(settings)
  expect(Object.keys(database)).toEqual(['place'])
})

test('anything else is refused', () => {
  expect(() => settingsOfDatabase({ place: 'mysql:localhost:3306/shop' })).toThrowError(
    expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('database: mysql({') }),
  )
})
