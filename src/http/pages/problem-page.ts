import type { describeProblem } from '../../api/problem.ts'
import { document, escapeHtml } from './html.ts'
import { plainStyle } from './plain.ts'

type ProblemDescription = ReturnType<typeof describeProblem> & { advice: string }

const advice: Record<number, string> = {
  400: 'Correct the request; sent again unchanged it will fail again.',
  401: 'Send a valid API key or token as "Authorization: Bearer …".',
  403: 'Ask an administrator for a credential or a role that may do this.',
  404: 'Check the address and the id; what you may not see is answered like what does not exist.',
  409: 'Read the present state of the resource, then decide again.',
  412: 'Read the resource again and repeat the change with its new ETag.',
  413: 'Send less at once; bulk operations take larger bodies.',
  415: 'Send application/json or application/merge-patch+json, in UTF-8.',
  422: 'Correct the members listed in "errors"; each has a pointer into what you sent.',
  429: 'Wait for the seconds given in Retry-After, then send the request again.',
  500: 'The fault is ours. Quote the answer\'s "instance" when you report it.',
  503: 'Wait for the seconds given in Retry-After and try again; writes are safe to repeat with an Idempotency-Key.',
}

/** Adds what a caller can do about it, which depends on the status alone. */
export const withAdvice = (described: ReturnType<typeof describeProblem>): ProblemDescription => ({
  ...described,
  advice: advice[described.status] ?? advice[400]!,
})

/** The page that the `type` of a problem leads a person to. */
export const problemPage = ({ code, status, title, reason, advice: whatToDo }: ProblemDescription): string =>
  document(`${title} · Headway`, {
    head: plainStyle,
    body: `<main>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${escapeHtml(whatToDo)}</p>
<dl>
<dt>Code</dt><dd><code>${escapeHtml(code)}</code></dd>
<dt>Status</dt><dd>${status} ${escapeHtml(reason)}</dd>
</dl>
<p><a href="/docs">API reference</a></p>
</main>`,
  })
