import type { PersonalColumn, PersonalData, PersonalPlace } from '@tickets/core'
import * as z from 'zod'
import { loadRunnable, RUNNABLE_MODULE } from '../feeds/runnable.ts'
import type { CommandDefinition } from '../program/command.ts'
import { columns } from '../text.ts'

const flags = z.object({
  check: z.boolean().default(false).describe('exit with 1 where a column is unknown'),
  json: z.boolean().default(false).describe('print JSON: an array with one object for each pipeline'),
})

/** Makes the command `personal`, which lists the personal columns that each sink of a module's pipelines holds. */
export const personalCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'personal',
  description:
    'List which sinks, late rows, dead letters and records hold personal columns, by the marks of the schemas. Loads the module, and starts nothing.',
  examples: ['tickets personal lake.ts', 'tickets personal lake.ts --check --json'],
  arguments: [['<file>', RUNNABLE_MODULE]],
  flags,
  prefix: 'TICKETS_PERSONAL_',
  async run([file = ''], { check, json }) {
    const { isFeeds } = await import('../feeds/feeds.ts')
    const runnable = await loadRunnable(file)
    const found = isFeeds(runnable) ? await runnable.personalData() : [runnable.personalData()]
    if (json) print(`${JSON.stringify(found, null, 2)}\n`)
    else print(found.map(personalTable).join('\n'))
    return check && found.some(({ places }) => places.some((one) => one.columns.some(isUnknown))) ? 1 : 0
  },
})

const isUnknown = ({ form }: PersonalColumn) => form === 'unknown'

/** Returns the places of a pipeline as a table. */
function personalTable({ pipeline, places }: PersonalData): string {
  const rows = places.map((one) => [placeText(one), columnsText(one), one.target ?? ''])
  const unknown = places.flatMap(({ columns }) => columns).some(isUnknown)
  const advice = 'unknown: rows of a schema without marks. Mark its personal columns with .meta({ personal: true }), or all of it with false\n'
  return `${pipeline}\n${columns(['place', 'personal columns', 'target'], rows)}${unknown ? advice : ''}`
}

/** Returns a place in words, such as `flow tickets`. */
export const placeText = ({ place, name }: PersonalPlace): string => (name === '' ? place : `${place} ${name}`)

/** Returns the personal columns of a place in words: `client_id, request (hashed)`. */
export const columnsText = ({ columns: all }: PersonalPlace): string =>
  all.map(({ column, form }) => (form === 'plain' ? column : `${column} (${form})`)).join(', ') || 'none'
