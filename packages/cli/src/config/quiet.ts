import type { Command } from 'commander'

/** Describes `--help` in the help of every command. */
export const HELP_TEXT = 'show this help'

/** Makes a command throw instead of printing and ending the process. Returns the command. */
export const quiet = (command: Command): Command =>
  command
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {}, getOutHelpWidth: helpWidth })
    .configureHelp({ styleTitle: titleOf })

/** Generated text must not depend on where it is made, so without a terminal the width is fixed. */
const helpWidth = () => (process.stdout.isTTY ? process.stdout.columns : 140)

const titleOf = (title: string) => (title === 'Options:' ? 'Flags:' : title)
