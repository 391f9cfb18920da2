/** Styles of the pages we write ourselves: system fonts, both colour schemes, nothing to fetch. */
export const plainStyle = `<style>
:root { color-scheme: light dark; --ink: #1c2526; --soft: #5a6869; --line: #d9e0e0; --ground: #fbfcfc; --raised: #fff; --accent: #0f766e }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ecec; --soft: #9aa8a9; --line: #2c3839; --ground: #12191a; --raised: #182122; --accent: #5eead4 }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.6 system-ui, sans-serif }
main { max-width: 50rem; margin: 0 auto; padding: clamp(2rem, 8vh, 5.5rem) 1.25rem 3rem }
h1 { margin: 0 0 .5rem; font-size: 2.25rem; line-height: 1.2; letter-spacing: -.02em }
h2 { margin: 2.5rem 0 .75rem; font-size: 1rem; letter-spacing: .01em }
p { margin: 0 0 1rem }
.lead { max-width: 38rem; font-size: 1.125rem; color: var(--soft) }
a { color: var(--accent); text-underline-offset: .2em }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px }
.links { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .75rem; margin: 2rem 0 0; padding: 0; list-style: none }
.links a { display: block; height: 100%; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); text-decoration: none }
.links a:hover { border-color: var(--accent) }
.links b, .links span { display: block }
.links span { color: var(--soft); font-size: .875rem; line-height: 1.4 }
pre, code { font: .875rem/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
pre { margin: 0 0 .75rem; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--raised); white-space: pre-wrap; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.5rem; margin: 1.5rem 0 }
dt { color: var(--soft) }
dd { margin: 0 }
</style>`
