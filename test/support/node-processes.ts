import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('./node.ts', import.meta.url))

type Node = { process: ChildProcess; url: string }

const start = async (databaseUrl: string, organizationId: string): Promise<Node> => {
  const child = fork(script, [databaseUrl, organizationId], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [message] = (await once(child, 'message')) as [{ url: string }]
  return { process: child, url: message.url }
}

/** API nodes as processes on one database, which deliver one organization's webhooks. Clients ask for any that is there. */
export const startNodes = async (databaseUrl: string, organizationId: string, count: number) => {
  const nodes = await Promise.all(Array.from({ length: count }, () => start(databaseUrl, organizationId)))
  return {
    any: (): string => (nodes[Math.floor(Math.random() * nodes.length)] as Node).url,
    /** Without a word of warning; another takes its place. */
    killAndReplace: async (): Promise<void> => {
      const [victim] = nodes.splice(0, 1) as [Node]
      victim.process.kill('SIGKILL')
      await once(victim.process, 'exit')
      nodes.push(await start(databaseUrl, organizationId))
    },
    stop: async (): Promise<void> => {
      await Promise.all(
        nodes.map(async ({ process: child }) => {
          const exit = once(child, 'exit')
          child.disconnect()
          await exit
        }),
      )
    },
  }
}
