import { TicketsError } from '@tickets/core/command-line'
import * as z from 'zod'
import { loadDefault } from '../config/load-module.ts'
import type { ReplayOptions } from '../dead-letters/replay.ts'
import type { DeadLetterReport, ListedLetter } from '../dead-letters/report.ts'
import type { CommandDefinition } from '../program/command.ts'
import { unknownName } from '../program/run-command.ts'
import { columns, count } from '../text.ts'

const flags = z.object({
  limit: z.int().min(0).default(20).describe('messages that list shows'),
  id: z.string().optional().describe('message that show shows, as list names it').meta({ placeholder: 'partition@position' }),
  with: z.string().optional().describe('module whose default export has schema and flows of a replay').meta({ placeholder: 'file' }),
  log: z.string().optional().describe('log of the replay; by default beside the dataset, `<dir>.replay-log`').meta({ placeholder: 'dir' }),
  rejected: z
    .string()
    .optional()
    .describe('where a replay keeps what is rejected again; by default `<dir>.replay-rejected`')
    .meta({ placeholder: 'dir' }),
  json: z.boolean().default(false).describe('print JSON'),
})
type Flags = z.infer<typeof flags>

const usage = `List, show and replay the messages that a pipeline rejected.

Commands:
  list <dir…>           count the messages by reason, and show the first ones
  show <dir> --id …     show one message with its value
  replay <dir> --with … send the messages through the fixed schema, exactly once; again: those rejected since`

const known = ['list', 'show', 'replay']

/** Makes the command `deadletters`, which lists, shows and replays rejected messages. */
export const deadlettersCommand = ({ print }: { readonly print: (text: string) => void }): CommandDefinition<typeof flags> => ({
  name: 'deadletters',
  description: usage,
  examples: ['tickets deadletters list data/dead', 'tickets deadletters replay data/dead --with replay.ts'],
  arguments: [
    ['<command>', 'one of the commands above'],
    ['<dir...>', 'folders that deadLetters of pipelines write to'],
  ],
  flags,
  prefix: 'TICKETS_DEADLETTERS_',
  async run([command = '', ...dirs], given) {
    if (!known.includes(command)) throw unknownName('command', command, known)
    if (command === 'list') return list(dirs, given, print)
    const [dir = '', more] = dirs
    if (more !== undefined) throw new TicketsError('OPTION_INVALID', `${command} takes one folder: call it once for each`)
    return command === 'show' ? show(dir, given, print) : replay(dir, given, print)
  },
})

const logOf = (dir: string, { log }: Flags) => log ?? `${dir}.replay-log`

/** Returns up to which position of each partition the replays of a log have come. */
async function passedBy(log: string): Promise<ReadonlyMap<string, number>> {
  const [{ replayedUpTo }, { openPlace }] = await Promise.all([import('../dead-letters/report.ts'), import('../log/place.ts')])
  return replayedUpTo(await openPlace(log))
}

async function list(dirs: readonly string[], given: Flags, print: (text: string) => void): Promise<number> {
  const { reportOf } = await import('../dead-letters/report.ts')
  const reports: DeadLetterReport[] = []
  for (const dir of dirs) reports.push(await reportOf(dir, await passedBy(logOf(dir, given)), given.limit))
  print(given.json ? `${JSON.stringify(reports, null, 2)}\n` : reports.map(text).join('\n'))
  return 0
}

function text({ dataset, letters, replayed, ofFlows, reasons, first }: DeadLetterReport): string {
  const flows = ofFlows > 0 ? `, ${count(ofFlows)} of them rows of flows, which no replay reads` : ''
  const head = `${dataset}: ${count(letters)} rejected, ${count(replayed)} replayed${flows}\n`
  const why = columns(
    ['messages', 'reason'],
    reasons.map((one) => [count(one.letters), oneLine(one.reason)]),
  )
  const which = columns(
    ['message', 'replayed', 'value'],
    first.map((one) => [one.id, one.replayed ? 'yes' : 'no', short(one.value)]),
  )
  return `${head}${letters > 0 ? `\n${why}\n${which}` : ''}`
}

/** A text without what would move the cursor of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is replaced
const oneLine = (text: string) => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
const LONGEST = 100
const short = (value: string | null) => (value === null ? '(no value)' : oneLine(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value))

async function show(dir: string, given: Flags, print: (text: string) => void): Promise<number> {
  const { id, json } = given
  if (id === undefined) throw new TicketsError('OPTION_INVALID', 'show needs --id, such as --id tickets-0@1234: list names them')
  const letter = await find(dir, id, await passedBy(logOf(dir, given)))
  if (!letter) throw new TicketsError('OPTION_INVALID', `${dir} has no dead letter ${id}: list names them`)
  if (json) print(`${JSON.stringify(letter, null, 2)}\n`)
  else {
    const { timestamp, ...rest } = letter
    const facts = Object.entries({ ...rest, timestamp: timestamp?.toISOString() ?? null }).map(
      ([name, value]) => `${name}: ${oneLine(String(value ?? '-'))}`,
    )
    print(`${facts.join('\n')}\n`)
  }
  return 0
}

async function find(dir: string, id: string, passed: ReadonlyMap<string, number>): Promise<ListedLetter | null> {
  const { listedLetters } = await import('../dead-letters/report.ts')
  for await (const letter of listedLetters(dir, passed)) if (letter.id === id) return letter
  return null
}

type Module = Omit<ReplayOptions<unknown>, 'log'>
const isModule = (value: unknown): value is Module => {
  const { schema, flows } = (value ?? {}) as Partial<Module>
  return typeof schema?.decode === 'function' && typeof flows === 'function'
}

async function replay(dir: string, given: Flags, print: (text: string) => void): Promise<number> {
  if (given.with === undefined)
    throw new TicketsError('OPTION_INVALID', 'replay needs --with, a module that exports { schema, flows } as its default')
  const [{ commitLog }, { jsonSink }, { replayDeadLetters }] = await Promise.all([
    import('@tickets/core/node'),
    import('@tickets/sinks'),
    import('../dead-letters/replay.ts'),
  ])
  const module = await loadDefault(given.with, '--with', '{ schema, flows }', isModule)
  const rejected = given.rejected ?? `${dir}.replay-rejected`
  const log = logOf(dir, given)
  const summary = await replayDeadLetters(dir, { deadLetters: jsonSink(rejected), ...module, log: commitLog(log) })
  const where = module.deadLetters ? 'the dead letters of the module' : rejected
  const again = summary.rejected > 0 ? `; ${count(summary.rejected)} were rejected again and are in ${where}` : ''
  if (given.json) print(`${JSON.stringify({ ...summary, log, rejectedTo: module.deadLetters ? null : rejected })}\n`)
  else print(`${count(summary.rows - summary.rejected)} of ${count(summary.rows)} messages were replayed${again}\n`)
  return 0
}
