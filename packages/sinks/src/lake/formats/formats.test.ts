import { expect, test } from 'vitest'
import { formatOf } from './formats.ts'

test('the extensions of the sinks are known, others are left alone', () => {
  for (const extension of ['parquet', 'arrow', 'jsonl', 'csv']) expect(formatOf(extension)).not.toBe(null)
  for (const extension of ['', 'txt', 'toString']) expect(formatOf(extension)).toBe(null)
})
