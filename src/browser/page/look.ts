/**
 * How overlay and badge look. Rules for the host win against those of the page; the colours of the
 * system are light or dark by themselves. The bundle has it without its spaces (scripts/bundle.mjs).
 */
export const look = `
:host { all: initial !important; display: block !important; color-scheme: light dark !important }
* { box-sizing: border-box; margin: 0 }
.panel, .badge {
  --red: #b3261e; --line: color-mix(in srgb, CanvasText 18%, Canvas);
  --dim: color-mix(in srgb, CanvasText 68%, Canvas); --code: color-mix(in srgb, CanvasText 5%, Canvas);
  position: fixed; z-index: 2147483647; color: CanvasText; background: Canvas;
  font: 14px/1.5 system-ui, sans-serif; border: 1px solid var(--line); text-align: start;
}
@media (prefers-color-scheme: dark) { .panel, .badge { --red: #ff8a80 } }
.panel {
  inset: auto 12px 12px; margin: auto; max-width: 880px; max-height: min(60vh, 560px);
  display: flex; flex-direction: column; border-radius: 10px; border-top: 3px solid var(--red);
  box-shadow: 0 12px 40px #0006;
}
header { display: flex; gap: 10px; align-items: baseline; padding: 12px 12px 8px 16px }
#title { font-size: 16px; font-weight: 600; flex: 1; min-width: 0 }
#title, p, .place { white-space: pre-wrap; overflow-wrap: anywhere }
.number, .answer { color: var(--red); font-weight: 600 }
.code, footer { color: var(--dim); font-size: 12.5px }
.content { overflow: auto; padding: 0 16px }
section, p { margin-bottom: 14px }
button { cursor: pointer }
button, .place { border: 0; background: none; color: inherit; font: inherit; padding: 2px 0; text-align: start }
b, pre { font: 13px/1.55 ui-monospace, monospace }
b { font-weight: 600 }
button b { color: LinkText; text-decoration: underline }
.foreign { opacity: .75 }
pre { margin-top: 4px; padding: 8px 0; overflow-x: auto; background: var(--code);
  border: 1px solid var(--line); border-radius: 6px }
pre span { display: block; width: max-content; min-width: 100%; padding: 0 12px; min-height: 1.55em }
.mark { background: color-mix(in srgb, var(--red) 18%, transparent) }
footer { padding: 8px 16px; border-top: 1px solid var(--line) }
.close { color: var(--dim); font-size: 18px; line-height: 1; padding: 4px 8px }
:focus-visible { outline: 2px solid LinkText; outline-offset: -2px }
.badge { inset: auto 10px 10px auto; display: flex; align-items: center; max-width: min(360px, 90vw);
  border-radius: 99px; font-size: 12.5px; box-shadow: 0 2px 10px #0004; padding-right: 2px }
.text { padding: 4px 2px 4px 12px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.text::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 7px;
  border-radius: 50%; background: #c77d00 }
.red .text::before { background: var(--red) }
.busy .text::before { background: LinkText }
.badge .close { font-size: 14px }
@media print { :host { display: none !important } }
`;
