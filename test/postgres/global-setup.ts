import type { TestProject } from 'vitest/node'
import { lend } from '../servers/lend.ts'
import { postgres } from './postgres.ts'

export default (project: TestProject) => lend(project, 'postgresLender', postgres)
