import { expect, test } from 'vitest'
import { commandList } from './list.ts'

test.each(commandList.map((one) => [one.name, one] as const))('%s is listed with the arguments that it takes', async (name, one) => {
  const definition = await one.load({ print: () => {} })
  expect([definition.name, definition.arguments.map(([syntax]) => syntax).join(' ')]).toEqual([name, one.usage])
})
