import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { type Environment, pythonOf } from '../readers/python.ts'
import { freePort, ServerProcess } from '../servers/process.ts'
import { answers, type Store } from './store.ts'

const run = promisify(execFile)

/** A store in memory that honours `If-None-Match: *`. */
const MOTO: Environment = {
  name: 'moto',
  packages: ['moto[server]==5.2.5', 'werkzeug==3.1.9', 'flask==3.1.3', 'boto3==1.44.8', 'botocore==1.44.8'],
  check: 'import moto.server',
}

/**
 * Moto looks whether a key is taken and writes it in two steps, between which another of its threads may write: under load two of 16 writers won. With a
 * lock around both steps exactly one does.
 */
const FENCED_MOTO = `
import functools, sys, threading
from moto.s3.responses import S3Response
from moto.server import main

lock = threading.RLock()

def one_at_a_time(method):
    @functools.wraps(method)
    def locked(*args, **kwargs):
        with lock:
            return method(*args, **kwargs)
    return locked

for name in ('put_object', '_key_response_post', '_key_response_delete'):
    setattr(S3Response, name, one_at_a_time(getattr(S3Response, name)))
main(sys.argv[1:])
`

/** Whether Python can make environments here. */
export const hasPython = (): Promise<boolean> =>
  run('python3', ['-c', 'import venv, ensurepip']).then(
    () => true,
    () => false,
  )

/** Starts a store in a process of its own. */
export async function startMoto(): Promise<Store> {
  const python = await pythonOf(MOTO)
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'tests', AWS_SECRET_ACCESS_KEY: 'tests', MOTO_ALLOW_NONEXISTENT_REGION: 'true' }
  const options = ['-c', FENCED_MOTO, '-H', '127.0.0.1', '-p', String(port)]
  const server = new ServerProcess({ name: 'moto', command: python, options, env, port, answers: () => answers(endpoint) })
  await server.start()
  return { how: 'moto', endpoint, stop: () => server.kill() }
}
