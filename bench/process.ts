import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export type Served = { url: string; pid: number; stop: () => Promise<void> }

/** Starts a server in a process of its own, which tells its address as soon as it listens. */
export const serve = async (file: string, args: string[], execArgv: string[] = []): Promise<Served> => {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv })
  const ended = once(child, 'exit')
  const [message] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`${file} ended with ${code}`))),
  ])) as [{ url: string }]
  return {
    url: message.url,
    pid: child.pid as number,
    stop: async () => {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}
