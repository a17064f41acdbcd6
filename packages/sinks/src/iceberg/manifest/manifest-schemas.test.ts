import { expect, test } from 'vitest'
import { avroName, entrySchema, listSchema } from './manifest-schemas.ts'

/** The ids in a schema, as the table spec numbers the parts of manifests. */
function idsIn(schema: unknown): number[] {
  const ids: number[] = []
  JSON.stringify(schema, (key, value) => {
    if (key === 'field-id' || key === 'element-id') ids.push(value)
    return value
  })
  return ids.sort((a, b) => a - b)
}

test('each part has the id by which the table spec knows it', () => {
  const numbers = (text: string) => text.split(' ').map(Number)
  expect(idsIn(entrySchema([{ 'field-id': 1000, name: 'x', type: 'string' }]))).toEqual(
    numbers('0 1 2 3 4 100 101 102 103 104 108 109 110 117 118 119 120 121 122 125 126 127 128 129 130 131 132 133 134 135 136 137 138 139 140 1000'),
  )
  expect(idsIn(listSchema)).toEqual(numbers('500 501 502 503 504 505 506 507 508 509 510 511 512 513 514 515 516 517 518 519'))
})

test('names of partitions become names of Avro', () => {
  expect(['a_1', '1a', 'user.city', 'é', 'a b'].map(avroName)).toEqual(['a_1', '_1a', 'user_x2Ecity', '_xE9', 'a_x20b'])
})
