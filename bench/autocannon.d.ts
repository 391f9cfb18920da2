/** The part of autocannon that is used here; it comes without types. */
declare module 'autocannon' {
  type Asked = { method?: string; path: string; headers?: Record<string, string>; body?: string }
  type Client = { setRequests(requests: Asked[]): void }
  type Options = {
    url: string
    connections: number
    duration: number
    requests?: Asked[]
    setupClient?: (client: Client) => void
  }
  type Result = {
    duration: number
    requests: { total: number }
    latency: { p50: number; p99: number }
    non2xx: number
    errors: number
    '2xx': number
  }
  const autocannon: (options: Options) => Promise<Result>
  export default autocannon
  export type { Asked, Client, Options, Result }
}
