import { createHash, randomBytes } from 'node:crypto'
import { get } from 'node:http'
import type { TestProject } from 'vitest/node'
import { direct } from '../../src/db/direct.ts'
import { startTemporary } from '../../src/db/embedded/temporary.ts'
import { migrate } from '../../src/db/migrate.ts'
import { provision } from '../../src/db/provision.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** May create databases and roles; for tests of the database itself. */
    adminUrl: string
    /** The migrated database as its owner, who sees no tenant's rows. */
    ownerUrl: string
    /** The migrated database as the serving role. */
    appUrl: string
  }
}

type Server = { kind: string; adminUrl: string; stop: () => Promise<void> }

/** A running engine answers this at once; without asking, testcontainers takes seconds to give up. */
const dockerAnswers = (host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'): Promise<boolean> =>
  new Promise((resolve) => {
    const { protocol, hostname, port, pathname } = new URL(host)
    const where = protocol === 'unix:' ? { socketPath: pathname } : { host: hostname, port: port || 2375 }
    const asked = get({ ...where, path: '/_ping', timeout: 1_000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    asked.once('timeout', () => asked.destroy()).once('error', () => resolve(false))
  })

const startContainer = async (): Promise<Server> => {
  const { GenericContainer, Wait } = await import('testcontainers')
  const password = randomBytes(18).toString('base64url')
  const container = await new GenericContainer('postgres:18')
    .withEnvironment({ POSTGRES_PASSWORD: password })
    .withCommand(['postgres', '-c', 'fsync=off', '-c', 'full_page_writes=off'])
    .withTmpFs({ '/var/lib/postgresql': 'rw' })
    .withExposedPorts(5432)
    // The first time is the server that sets the cluster up, reachable from inside only.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start()
  const adminUrl = `postgres://postgres:${password}@${container.getHost()}:${container.getMappedPort(5432)}/postgres`
  return { kind: 'testcontainers', adminUrl, stop: async () => void (await container.stop()) }
}

const startServer = async (): Promise<Server> => {
  const given = process.env.TEST_DATABASE_URL
  if (given) {
    await direct(given, async () => {})
    return { kind: 'TEST_DATABASE_URL', adminUrl: given, stop: async () => {} }
  }
  if (await dockerAnswers()) {
    try {
      return await startContainer()
    } catch (error) {
      console.warn(`Docker answers, but postgres:18 does not start there: ${(error as Error).message}`)
    }
  }
  return { kind: 'embedded', ...(await startTemporary()) }
}

/** Vitest's global setup: one Postgres with one migrated database of a random name for all tests of a run. */
export default async (project: TestProject) => {
  const server = await startServer().catch((cause) => {
    throw new Error(`No database to test with (${cause.message}). Set TEST_DATABASE_URL to an admin's URL.`, { cause })
  })
  const { adminUrl } = server
  const database = `headway_test_${randomBytes(6).toString('hex')}`
  // Roles belong to the server: runs side by side on one server must agree on their passwords.
  const password = createHash('sha256').update(`headway tests ${adminUrl}`).digest('base64url')
  const teardown = async () => {
    try {
      await direct(adminUrl, (admin) => admin.query(`drop database if exists ${database} with (force)`))
    } finally {
      await server.stop()
    }
  }
  try {
    const urls = await provision(adminUrl, { database, ownerPassword: password, appPassword: password })
    await migrate(urls.ownerUrl)
    const version = await direct(adminUrl, async (admin) => (await admin.query('show server_version')).rows[0])
    console.log(`Testing with Postgres ${version.server_version} (${server.kind})`)
    project.provide('adminUrl', adminUrl)
    project.provide('ownerUrl', urls.ownerUrl)
    project.provide('appUrl', urls.appUrl)
  } catch (error) {
    await teardown().catch(() => {})
    throw error
  }
  return teardown
}
