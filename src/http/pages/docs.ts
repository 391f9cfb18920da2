import { document } from './html.ts'

/** Everything that would leave the origin is off: fonts, telemetry, the request proxy, the agent, MCP. */
const configuration = {
  url: '/openapi.json',
  proxyUrl: '',
  telemetry: false,
  withDefaultFonts: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  persistAuth: false,
  documentDownloadType: 'json',
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
}

/** The API reference, drawn by Scalar from `/openapi.json`. */
export const docsPage = (): string =>
  document('API reference · Headway', {
    // Told beforehand, the zod inside Scalar does not try whether it may build functions, which the policy forbids.
    body: `<div id="app"></div>
<script>globalThis.__zod_globalConfig = { jitless: true }</script>
<script src="/docs/scalar.js"></script>
<script>Scalar.createApiReference('#app', ${JSON.stringify(configuration)})</script>`,
  })
