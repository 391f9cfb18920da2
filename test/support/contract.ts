import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { LightMyRequestResponse } from 'fastify'
import type { Download } from '../../src/api/download.ts'
import { type Document, openApiOf } from '../../src/api/openapi.ts'
import type { AnyOperation } from '../../src/api/operation.ts'
import { modules } from '../../src/modules/index.ts'
import { version } from '../../src/version.ts'

/** The contract, printed from the registry as the app prints it. */
export const document: Document = openApiOf(modules, version)
export const downloads: readonly Download[] = modules.flatMap((module) => module.downloads ?? [])
export const operations: readonly AnyOperation[] = modules.flatMap((module) => module.operations)

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { int32: true } })
formats.default(ajv)
ajv.addSchema({ $id: 'contract', components: document.components } as object)

const validators = new Map<string, ValidateFunction>()
const validatorAt = (pointer: string): ValidateFunction => {
  let known = validators.get(pointer)
  if (!known) {
    const steps = pointer.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    let schema: any = document
    for (const step of steps) schema = schema[step]
    // References lead into the components, which are registered as a schema of their own.
    const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"contract#/components'))
    validators.set(pointer, (known = ajv.compile(absolute)))
  }
  return known
}

const routes = Object.entries(document.paths).map(([path, methods]) => ({
  path,
  methods,
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  literal: !path.includes('{'),
}))

/** The documented path a URL belongs to; a literal one wins over a parameter. */
const routeOf = (url: string) => {
  const path = url.split('?')[0] as string
  const fitting = routes.filter(({ pattern }) => pattern.test(path))
  return fitting.find(({ literal }) => literal) ?? fitting[0]
}

const escaped = (path: string): string => path.replaceAll('/', '~1')

/** Throws when an answer of a documented operation is not what the contract says: undocumented status, wrong body. */
export const requireContract = (method: string, url: string, status: number, body: unknown, type: string): void => {
  const route = routeOf(url)
  const operation = route?.methods[method.toLowerCase()]
  if (!route || !operation || /[?&]fields=/.test(url)) return
  const problem = status >= 400
  if (problem && !type.startsWith('application/problem+json'))
    throw new Error(`${method} ${url} answered ${status} as ${type}`)
  const response = operation.responses[String(status)]
  if (!problem && status !== 304 && !response) throw new Error(`${operation.operationId}: ${status} is not documented`)
  if (!problem && !response?.content) return
  // A picture is documented by its type alone, a file by those it may have.
  const documented = Object.keys(response?.content ?? {})
  if (!problem && !documented.includes('application/json')) {
    if (!documented.some((each) => type.startsWith(each))) throw new Error(`${method} ${url} answered ${type}`)
    return
  }
  const validate = problem
    ? validatorAt('components/schemas/Problem')
    : validatorAt(
        `paths/${escaped(route.path)}/${method.toLowerCase()}/responses/${status}/content/application~1json/schema`,
      )
  if (!validate(body))
    throw new Error(`${operation.operationId} ${status} is not as documented: ${ajv.errorsText(validate.errors)}`)
}

/** The same of a download, whose headers are part of the contract: a required one is there, an undocumented status is not. */
export const requireDownload = (method: string, url: string, answer: LightMyRequestResponse): void => {
  const { statusCode, headers, body } = answer
  const type = headers['content-type'] ?? ''
  requireContract(
    method,
    url,
    statusCode,
    type.includes('json') && statusCode >= 400 ? JSON.parse(body || 'null') : body,
    type,
  )
  const operation = routeOf(url)?.methods[method.toLowerCase()]
  const { headers: documented = {} } = (operation?.responses[String(statusCode)] ?? {}) as { headers?: Documented }
  for (const [name, { required = false }] of Object.entries(documented))
    if (required && headers[name.toLowerCase()] === undefined)
      throw new Error(`${method} ${url} answered without ${name}`)
}

type Documented = Record<string, { required?: boolean }>
