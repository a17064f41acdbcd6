import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runServer } from 'verdaccio'
import { sh } from './project.ts'

/** A registry on this machine that has the packed packages, and passes every other name on to npm's. */
export interface Registry {
  readonly url: string
  /** Publishes a tarball. */
  publish(tarball: string): Promise<void>
  stop(): Promise<void>
}

/** Starts a registry in a folder of its own. */
export async function startRegistry(): Promise<Registry> {
  const home = await mkdtemp(join(tmpdir(), 'tickets-registry-'))
  const upstream = (await sh('npm', ['config', 'get', 'registry'], home)).trim()
  const own = { access: '$all', publish: '$all', unpublish: '$all' }
  const config = {
    self_path: join(home, 'config.yaml'),
    storage: join(home, 'storage'),
    uplinks: { npm: { url: upstream, maxage: '1h' } },
    packages: { '@tickets/*': own, 'create-tickets-app': own, '**': { access: '$all', publish: '$all', proxy: 'npm' } },
    auth: { htpasswd: { file: join(home, 'htpasswd') } },
    log: { type: 'stdout', level: 'fatal' },
    max_body_size: '50mb',
  }
  const server = (await runServer(config as never)) as Server
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const npmrc = join(home, '.npmrc')
  // npm refuses to publish without a login; this registry does not look at it.
  await writeFile(npmrc, `registry=${url}\n${url.replace('http:', '')}:_authToken=local\n`)
  return {
    url,
    publish: async (tarball) => void (await sh('npm', ['publish', tarball, '--registry', url, '--userconfig', npmrc, '--provenance=false'], home)),
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await rm(home, { recursive: true, force: true })
    },
  }
}
