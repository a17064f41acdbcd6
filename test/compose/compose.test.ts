import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { read } from '../repo/files.ts'
import { compose } from './compose.ts'

// It names draft 07 by an address that Ajv does not know it by.
const { $schema: _, ...schema } = JSON.parse(readFileSync(join(import.meta.dirname, 'compose-spec.json'), 'utf8'))
const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema)
const services = Object.entries(compose.services)

test('compose.yaml is valid by the schema of the Compose Specification, and something else is not', () => {
  const isValid = validate(compose)
  expect(validate.errors ?? []).toEqual([])
  expect(isValid).toBe(true)
  expect(validate({ services: { a: { imaje: 'x' } } })).toBe(false)
  expect(validate({ services: { a: { healthcheck: { test: 7 } } } })).toBe(false)
})

test('images are pinned, nothing runs as root, volumes and services that are named are there', () => {
  expect(services.map(([name]) => name)).toEqual(['redpanda', 'console', 'mariadb', 'producer', 'pipeline'])
  for (const [name, service] of services) {
    expect(service.image, name).toMatch(/:(v?\d+\.\d+\.\d+|local)$/)
    expect(service.user, name).toMatch(/^[1-9]\d*:[1-9]\d*$/)
    for (const volume of service.volumes ?? []) expect(Object.keys(compose.volumes), name).toContain(volume.split(':')[0])
    for (const other of Object.keys(service.depends_on ?? {}))
      expect(compose.services[other]?.healthcheck, `${name} waits for ${other}`).toBeDefined()
  }
  expect(read('Dockerfile')).toMatch(/^USER node$/m)
  expect(read('Dockerfile')).toContain('--frozen-lockfile')
})

test('no password stands in it', () => {
  const values = services.flatMap(([, { environment = {} }]) => Object.entries(environment))
  const secret = values.filter(([name, value]) => (/PASSWORD$/.test(name) && name !== 'MARIADB_RANDOM_ROOT_PASSWORD') || /:\/\/[^/]*@/.test(value))
  expect(secret.map(([name]) => name)).toEqual(['MARIADB_PASSWORD', 'MYSQL_URL'])
  for (const [name, value] of secret) expect(value, name).toContain('${MARIADB_PASSWORD:?')
})
