import { readFileSync } from 'node:fs'
import { TicketsError } from '@tickets/core/command-line'
import type { ConnectionOptions } from '@tickets/kafka-source'
import * as z from 'zod'
import { secret } from '../config/value-types.ts'

/** The flags of every command that connects to Kafka. */
export const connectionFlags = {
  brokers: z.array(z.string()).default([]).describe('brokers, each as host:port').meta({ placeholder: 'host:port' }),
  ssl: z.boolean().default(false).describe('use TLS'),
  ca: z.string().optional().describe('file with the certificate of the authority; sets --ssl').meta({ placeholder: 'file' }),
  cert: z.string().optional().describe("file with the client's certificate (mTLS); sets --ssl").meta({ placeholder: 'file' }),
  key: z.string().optional().describe("file with the client's key").meta({ placeholder: 'file' }),
  mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']).default('plain').describe('mechanism of the login'),
  username: z.string().optional().describe('user to log in as; without one there is no login'),
  password: secret().optional().describe('password of the user'),
}
type Connection = z.infer<z.ZodObject<typeof connectionFlags>>

/** Returns the options of a connection from its flags. Throws `OPTION_INVALID` where they make no sense. */
export function connectionOf({ brokers, ssl, ca, cert, key, mechanism, username, password }: Connection): ConnectionOptions {
  if ((username === undefined) !== (password === undefined))
    throw new TicketsError('OPTION_INVALID', 'a login has a username and a password: give both, or none')
  if ((cert === undefined) !== (key === undefined))
    throw new TicketsError('OPTION_INVALID', 'a certificate of the client needs its key: give --cert and --key, or neither')
  const files = Object.entries({ ca, cert, key }).flatMap(([name, path]) => (path === undefined ? [] : [[name, pemIn(path, name)] as const]))
  return {
    brokers,
    ...(files.length > 0 ? { ssl: Object.fromEntries(files) } : ssl ? { ssl: true } : {}),
    ...(username === undefined || password === undefined ? {} : { sasl: { mechanism, username, password: password.reveal() } }),
  }
}

function pemIn(path: string, flag: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new TicketsError('OPTION_INVALID', `--${flag} ${path} cannot be read: give the path of a PEM file`, { cause: error })
  }
}
