import { relative } from 'node:path'
import { type Choices, databasesOf, needsServices, templates } from './answers/choices.ts'
import { HELP, readFlags } from './answers/flags.ts'
import { targetOf } from './answers/project-name.ts'
import { askChoices, askFolder, askRun, type Terminal } from './answers/questions.ts'
import { compose } from './project/compose.ts'
import { type Manager, managerOf } from './project/manager.ts'
import { install, runScript } from './project/run-steps.ts'
import { refuseUsed, writeProject } from './project/write-project.ts'
import { Refusal } from './refusal.ts'

/** What the command works with. */
export interface CreateAppOptions {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** A terminal to ask at; undefined asks nothing. */
  readonly terminal: Terminal | undefined
  readonly print: (text: string) => void
  readonly printError: (text: string) => void
  /** Stops it: Ctrl-C. */
  readonly signal: AbortSignal
  /** The folder of the templates. */
  readonly templates: string
  /** The version of this package, which all @tickets packages share. */
  readonly version: string
}

/** Creates a project, installs and runs it. Resolves to the exit code; an error is one line. */
export async function createApp(options: CreateAppOptions): Promise<number> {
  try {
    await create(options)
    return 0
  } catch (error) {
    options.printError(`error: ${(error as Error).message}\n`)
    return error instanceof Refusal ? error.exitCode : 1
  }
}

async function create({ argv, cwd, env, terminal, print, signal, templates: from, version }: CreateAppOptions): Promise<void> {
  const flags = readFlags(argv)
  if (flags.help) return print(HELP)
  if (flags.version) return print(`${version}\n`)
  const at = flags.yes ? undefined : terminal
  const { folder, name } = targetOf(flags.folder ?? (at ? await askFolder(at) : 'demo'), cwd)
  await refuseUsed(folder)
  const choices: Choices = at ? await askChoices(flags.given, at) : { ...templates[flags.template], ...flags.given }
  const manager = managerOf(env.npm_config_user_agent)
  const runs = flags.install && (at ? await askRun(manager.name, at) : true)
  await writeProject(folder, await compose({ name, choices, manager, templates: from, version }), signal)
  const shown = relative(cwd, folder) || '.'
  print(`${name} is in ${shown}\n`)
  if (runs) {
    const steps = { folder, manager, execPath: env.npm_execpath, signal, print }
    print(`installing with ${manager.name} ...\n`)
    await install(steps)
    // Where a broker or a database is missing, the first result is that of the test.
    const script = needsServices(choices) ? 'test' : 'start'
    if (flags.start) {
      print(`${manager.name} run ${script}\n`)
      await runScript(steps, script)
    }
  }
  print(
    `\nNext:\n${nextSteps(shown, choices, manager, runs)
      .map((line) => `  ${line}\n`)
      .join('')}`,
  )
}

/** Returns the commands that a user types next. */
function nextSteps(shown: string, choices: Choices, { name }: Manager, isInstalled: boolean): string[] {
  const { source, dashboard } = choices
  const scripts = [
    ...(source === 'kafka' ? ['broker', 'produce'] : []),
    ...(databasesOf(choices).length > 0 ? ['database'] : []),
    ...(isInstalled && !needsServices(choices) ? ['test'] : ['start']),
    ...(dashboard ? ['dashboard'] : []),
  ]
  return [...(shown === '.' ? [] : [`cd ${shown}`]), ...(isInstalled ? [] : [`${name} install`]), ...scripts.map((script) => `${name} run ${script}`)]
}
