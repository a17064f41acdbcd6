import { expect, test } from 'vitest'
import { sources as files, read } from './files.ts'

// Under Jest and in `vm` contexts Node's errors are of another realm's `Error`: read `code`, `name` and `message` instead.
test('no source asks whether something is an instance of Error', () => {
  const checked = files.filter((path) => /^(packages\/[\w-]+\/src|scripts|examples)\/.*\.ts$/.test(path) && !/\.test\.ts$|\/testing\//.test(path))
  expect(checked.length).toBeGreaterThan(100)
  expect(checked.filter((path) => /instanceof (Tickets|Range|Type)?Error\b/.test(read(path)))).toEqual([])
})
