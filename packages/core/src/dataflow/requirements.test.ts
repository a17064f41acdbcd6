import { expect, it } from 'vitest'
import { checkRequirements } from './requirements.ts'
import type { Requirements } from './scope.ts'

const graph = (requirements: Requirements) => ({ requirements: new Map([['f/w', requirements]]) })
const source = { name: 'tickets', until: 'never' as const }

it('refuses a global window over a source without an end', () => {
  expect(() => checkRequirements(graph({ bounded: true }), source, 1)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  expect(() => checkRequirements(graph({ bounded: true }), { ...source, until: 'now' }, 1)).not.toThrow()
})

it('requires partitions to be keyed by a part of what windows within a partition group by', () => {
  const keyed = graph({ keyedBy: ['team', 'client'] })
  expect(() => checkRequirements(keyed, { ...source, keyedBy: ['team'] }, 2)).not.toThrow()
  expect(() => checkRequirements(keyed, { ...source, keyedBy: ['team', 'region'] }, 2)).toThrow('is keyed by team, region')
  expect(() => checkRequirements(keyed, source, 2)).toThrow('f/w')
})

it('takes any key where there is one partition', () => {
  expect(() => checkRequirements(graph({ keyedBy: ['team'] }), source, 1)).not.toThrow()
})
