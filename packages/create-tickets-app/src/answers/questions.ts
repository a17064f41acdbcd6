import type { Readable, Writable } from 'node:stream'
import { confirm, isCancel, multiselect, select, text } from '@clack/prompts'
import { interrupted } from '../refusal.ts'
import { type Choices, type SinkName, type SourceName, templates } from './choices.ts'
import { nameProblem } from './project-name.ts'

/** A terminal to ask at. */
export interface Terminal {
  readonly input?: Readable
  readonly output?: Writable
}

const labels: { readonly sources: Record<SourceName, string>; readonly sinks: Record<SinkName, string> } = {
  sources: { generator: 'made-up orders', 'json-lines': 'a JSON Lines file', kafka: 'a Kafka topic' },
  sinks: { json: 'JSON Lines', csv: 'CSV', mysql: 'MySQL or MariaDB', postgres: 'PostgreSQL' },
}
const optionsOf = <T extends string>(names: Record<T, string>) =>
  (Object.entries(names) as [T, string][]).map(([value, label]) => ({ value, label: label as string }))

/** Asks for the folder. Throws a `Refusal` after Ctrl-C. */
export const askFolder = async (at: Terminal): Promise<string> =>
  answered(
    await text({
      ...at,
      message: 'What is the project called?',
      placeholder: 'demo',
      defaultValue: 'demo',
      validate: (given) => (given ? nameProblem(given) : undefined),
    }),
  )

/** Asks for the choices that are not given. Throws a `Refusal` after Ctrl-C. */
export async function askChoices(given: Partial<Choices>, at: Terminal): Promise<Choices> {
  const usual = templates.file
  const source =
    given.source ??
    answered(
      await select<SourceName>({ ...at, message: 'Where do orders come from?', options: optionsOf(labels.sources), initialValue: usual.source }),
    )
  const sinks =
    given.sinks ??
    answered(
      await multiselect<SinkName>({
        ...at,
        message: 'They go to Parquet files. Where else? (space to choose, return to go ahead)',
        options: optionsOf(labels.sinks),
        required: false,
      }),
    )
  const dashboard = given.dashboard ?? answered(await confirm({ ...at, message: 'Add a dashboard page?', initialValue: usual.dashboard }))
  return { source, sinks, dashboard }
}

/** Asks whether to install and run the project now. */
export const askRun = async (manager: string, at: Terminal): Promise<boolean> =>
  answered(await confirm({ ...at, message: `Install with ${manager} and run it?`, initialValue: true }))

function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol' || isCancel(answer)) throw interrupted('stopped: nothing was written')
  return answer as Exclude<T, symbol>
}
