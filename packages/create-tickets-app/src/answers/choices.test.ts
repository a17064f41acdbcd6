import { expect, test } from 'vitest'
import { databasesOf, nameIn, needsServices, sources, templates } from './choices.ts'

test('a topic and a database need something that runs, files do not', () => {
  expect(needsServices(templates.file)).toBe(false)
  expect(needsServices(templates.dashboard)).toBe(false)
  expect(needsServices(templates.kafka)).toBe(true)
  expect(needsServices({ ...templates.file, sinks: ['csv', 'postgres'] })).toBe(true)
})

test('databases keep their order', () => {
  expect(databasesOf({ ...templates.file, sinks: ['postgres', 'json', 'mysql'] })).toEqual(['postgres', 'mysql'])
})

test('an unknown name is refused with the known ones', () => {
  expect(nameIn(sources, 'kafka', 'source')).toBe('kafka')
  expect(() => nameIn(sources, 'kafak', 'source')).toThrow('there is no source "kafak": choose generator, json-lines, kafka')
})
