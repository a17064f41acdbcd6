import { afterAll, beforeAll, describe } from 'vitest'
import { hasJava } from '../../../test/broker/jars.ts'
import { type SecuredBroker, securedBroker } from '../../../test/broker/secured.ts'
import { describeCluster } from './secured/cluster.ts'
import { describeDoctor } from './secured/doctor.ts'
import { describeFaults } from './secured/faults.ts'
import { describeRights } from './secured/rights.ts'
import { describeLogins } from './secured/works.ts'

const java = await hasJava()
if (!java && process.env.CI === 'true') throw new Error('The test of a secured broker needs Java 17 or newer and Maven.')
if (!java) console.warn('Left out: the test of a secured broker. It needs Java 17 or newer and Maven.')

describe.skipIf(!java)('a broker with TLS, logins and ACLs', () => {
  let started: SecuredBroker
  const broker = () => started
  beforeAll(async () => {
    started = await securedBroker()
  }, 240_000)
  afterAll(() => started?.stop())

  describeLogins(broker)
  describeFaults(broker)
  describeRights(broker)
  describeCluster(broker)
  describeDoctor(broker)
})
