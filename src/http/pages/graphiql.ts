import { document } from './html.ts'

const style = `<style>
html, body { height: 100%; margin: 0 }
body { color-scheme: light dark; display: flex; flex-direction: column; background: light-dark(#fff, #212a3b); color: light-dark(#1c2526, #e6ecec); font: 14px/1.5 system-ui, sans-serif }
body.graphiql-light { color-scheme: light }
body.graphiql-dark { color-scheme: dark }
#access a { color: inherit }
#access { display: flex; gap: .75rem; align-items: center; padding: .5rem 1rem }
#access input { flex: 1; max-width: 32rem; padding: .3rem .6rem; border: 1px solid #8886; border-radius: 4px; background: none; color: inherit; font: inherit }
#graphiql { flex: 1; min-height: 0 }
</style>`

/**
 * Runs in the browser. The key lives in the tab's session storage and nowhere else, and headers typed into GraphiQL's
 * own editor in memory. A new fetcher makes GraphiQL read the schema again, so the key works as soon as it is entered.
 */
const boot = `
const field = document.getElementById('key')
const root = ReactDOM.createRoot(document.getElementById('graphiql'))
const start = '# Enter an API key above, then write a query.\\n# Ctrl-Space completes, Ctrl-Enter runs.\\n\\n{\\n  __typename\\n}\\n'
const show = () => {
  const key = field.value.trim()
  const headers = key === '' ? {} : { authorization: 'Bearer ' + key }
  const address = new URL('/graphql', location.href)
  const socket = new URL(address)
  socket.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const fetcher = GraphiQL.createFetcher({ url: address.href, headers, subscriptionUrl: socket.href, wsConnectionParams: headers })
  root.render(React.createElement(GraphiQL, { fetcher, defaultQuery: start, isHeadersEditorEnabled: true, shouldPersistHeaders: false, showPersistHeadersSettings: false }))
}
field.value = sessionStorage.getItem('headway.key') ?? ''
field.addEventListener('change', () => {
  sessionStorage.setItem('headway.key', field.value.trim())
  show()
})
show()
`

/** GraphiQL on this origin's `/graphql`. */
export const graphiqlPage = (): string =>
  document('GraphiQL · Headway', {
    head: `<link rel="stylesheet" href="/graphiql/graphiql.css">\n${style}`,
    body: `<div id="access">
<label for="key">API key</label>
<input id="key" type="password" autocomplete="off" spellcheck="false" placeholder="kept in this tab only">
<a href="/">Headway</a>
</div>
<div id="graphiql"></div>
<script src="/graphiql/react.js"></script>
<script src="/graphiql/react-dom.js"></script>
<script src="/graphiql/graphiql.js"></script>
<script>${boot}</script>`,
  })
