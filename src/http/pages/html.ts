import { createHash } from 'node:crypto'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text for use between tags or inside a quoted attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign]!)

const icon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0f766e"/>' +
    '<path d="M7 22l7-7 4 4 7-9" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/></svg>',
)}`

/** A whole document. `head` and `body` are markup; the title is text. */
export const document = (
  title: string,
  { head = '', body }: { head?: string; body: string },
): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="${icon}">
${head}
</head>
<body>
${body}
</body>
</html>
`

const hashesOf = (html: string, tag: 'script' | 'style'): string[] =>
  [...html.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, 'gs'))].map(
    ([, source = '']) => `'sha256-${createHash('sha256').update(source).digest('base64')}'`,
  )

/**
 * The policy of one page: nothing from elsewhere, no framing, and of inline code only what the page itself holds, by
 * hash. `libraryStyles` lets scripts write style attributes and elements, as the two tools cannot do without.
 */
export const contentSecurityPolicy = (html: string, { libraryStyles = false } = {}): string => {
  const styles = libraryStyles ? ["'self'", "'unsafe-inline'"] : hashesOf(html, 'style')
  const directives = {
    'default-src': ["'none'"],
    'script-src': [...(/<script [^>]*src=/.test(html) ? ["'self'"] : []), ...hashesOf(html, 'script')],
    'style-src': styles,
    'img-src': ["'self'", 'data:'],
    'font-src': ['data:'],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  }
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.length === 0 ? "'none'" : sources.join(' ')}`)
    .join('; ')
}
