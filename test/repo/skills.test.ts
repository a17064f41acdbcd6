import { expect, test } from 'vitest'
import { llms } from '../../scripts/llms.ts'
import { publicPackages } from '../../scripts/release/packages.ts'
import { skillOf } from '../../scripts/skills.ts'
import { read } from './files.ts'

test.each(publicPackages().map((one) => [one.folder, one] as const))('SKILL.md of %s is as the code is: pnpm gen writes it', (folder, one) => {
  expect(read(`packages/${folder}/SKILL.md`)).toBe(skillOf(one))
})

test('llms.txt is as the pages are: pnpm gen writes it', () => {
  expect(read('llms.txt')).toBe(llms())
})
