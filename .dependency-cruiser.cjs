/** Who may import what: the table of docs/ARCHITECTURE.md, held by `npm run check:architecture`. */
const layer = (name, from, notTo) => ({ name, severity: 'error', from, to: notTo })

module.exports = {
  forbidden: [
    layer('scoring imports nothing', { path: '^src/scoring' }, { pathNot: '^src/scoring' }),
    layer(
      'db knows only tables',
      { path: '^src/db' },
      { path: '^src/(api|auth|modules|http|cli)', pathNot: '(\\.table\\.ts|^src/auth/actor\\.ts)$' },
    ),
    layer('auth uses db, and types of api', { path: '^src/auth' }, { path: '^src/(modules|http|cli|scoring)' }),
    layer('api never knows the modules', { path: '^src/api' }, { path: '^src/(modules|http|scim|cli|scoring)' }),
    layer(
      'journal never knows the modules',
      { path: '^src/journal' },
      { path: '^src/(modules|http|cli|jobs|scoring)' },
    ),
    layer(
      'http serves pages and limits, nothing of the domain',
      { path: '^src/http' },
      { path: '^src/(modules|cli|scoring|db|auth)' },
    ),
    layer('outbound is a fence by itself', { path: '^src/outbound' }, { path: '^src', pathNot: '^src/outbound' }),
    layer(
      'delivery is called, and calls no one who serves',
      { path: '^src/delivery' },
      { path: '^src/(http|cli|jobs|app|main|config)' },
    ),
    layer(
      'modules never know who serves them',
      { path: '^src/modules' },
      { path: '^src/(http|scim|cli|app|main|config|jobs|delivery)' },
    ),
    layer(
      'a module reaches another through its table, resource, queries, rules or the goals beside it, never its operations',
      { path: '^src/modules/([^/]+)/' },
      { path: '^src/modules/[^/]+/.*\\.operations\\.ts$', pathNot: '^src/modules/$1/' },
    ),
    layer(
      'only config reads the environment',
      { path: '^src', pathNot: '^src/config\\.ts$' },
      { path: '^(node:)?process$' },
    ),
    layer('nothing is unresolvable', {}, { couldNotResolve: true }),
    layer('src never imports tests', { path: '^src' }, { path: '^(test|bench)' }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
