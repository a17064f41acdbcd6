import { expect, test } from 'vitest'
import * as z from 'zod'
import { settingsOf } from './settings.ts'
import { durationText, secret } from './value-types.ts'

test('each value has a flag, a name in the environment, and what its type says', () => {
  expect(settingsOf(z.object({ maxRows: z.int().default(1000).describe('rows a file') }), 'APP_')).toMatchObject([
    {
      path: ['maxRows'],
      flag: 'max-rows',
      env: 'APP_MAX_ROWS',
      kind: { is: 'number', whole: true },
      isRequired: false,
      isSecret: false,
      description: 'rows a file',
      placeholder: 'number',
      fallback: '1000',
    },
  ])
})

test('the values of an object inside have its name before theirs', () => {
  const settings = settingsOf(z.object({ mysql: z.object({ host: z.string(), password: secret() }).optional() }), '')
  expect(settings.map(({ flag, env, isSecret }) => [flag, env, isSecret])).toEqual([
    ['mysql-host', 'MYSQL_HOST', false],
    ['mysql-password', 'MYSQL_PASSWORD', true],
  ])
})

test('a value is required unless it is optional or has a default', () => {
  const schema = z.object({ a: z.string(), b: z.string().optional(), c: z.string().default('x'), d: durationText().prefault('30s') })
  expect(settingsOf(schema, '').map(({ isRequired, fallback }) => [isRequired, fallback])).toEqual([
    [true, null],
    [false, null],
    [false, 'x'],
    [false, '30s'],
  ])
})

test('defaults are shown as text that could be given, and those of secrets are not shown', () => {
  const schema = z.object({
    ports: z.array(z.int()).default([1, 2]),
    wait: durationText().default(500),
    key: z.string().default('k').meta({ secret: true }),
  })
  expect(settingsOf(schema, '').map(({ fallback }) => fallback)).toEqual(['1,2', '500ms', null])
})
