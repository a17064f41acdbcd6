/**
 * Configuration of a program from flags, the environment and `.env`, described by a zod schema.
 * @packageDocumentation
 */

export { type ConfigNames, configHelp, configMarkdown } from './config/help.ts'
export { type ConfigOptions, loadConfig } from './config/load-config.ts'
export { durationText, Secret, secret } from './config/value-types.ts'
