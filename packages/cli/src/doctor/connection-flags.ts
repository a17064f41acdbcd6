import { readFileSync } from 'node:fs'
import { TicketsError } from '@tickets/core'
import type { ConnectionOptions } from '@tickets/kafka-source'
import * as z from 'zod'
import { secret } from '../config/value-types.ts'

/** The flags of every command that connects to Kafka. */
export const connectionFlags = {
  brokers: z.array(z.string()).default([]).describe('brokers, each as host:port').meta({ placeholder: 'host:port' }),
  ssl: z.boolean().default(false).describe('use TLS'),
  ca: z.string().optional().describe('file with the certificate of the authority; sets --ssl').meta({ placeholder: 'file' }),
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).default('plain').describe('mechanism of the login'),
  username: z.string().optional().describe('user to log in as; without one there is no login'),
  password: secret().optional().describe('password of the user'),
}
type Connection = z.infer<z.ZodObject<typeof connectionFlags>>

/** Returns the options of a connection from its flags. Throws `OPTION_INVALID` where they make no sense. */
export function connectionOf({ brokers, ssl, ca, mechanism, username, password }: Connection): ConnectionOptions {
  if ((username === undefined) !== (password === undefined))
    throw new TicketsError('OPTION_INVALID', 'a login has a username and a password: give both, or none')
  let certificate: Buffer | null = null
  if (ca !== undefined) {
    try {
      certificate = readFileSync(ca)
    } catch (error) {
      throw new TicketsError('OPTION_INVALID', `--ca ${ca} cannot be read: give the path of a PEM file`, { cause: error })
    }
  }
  return {
    brokers,
    ...(certificate ? { ssl: { ca: certificate } } : ssl ? { ssl: true } : {}),
    ...(username === undefined || password === undefined ? {} : { sasl: { mechanism, username, password: password.reveal() } }),
  }
}
