/** How overlay and badge look. Rules for the host that matter win against those of the page. */
export const look = `
:host { all: initial !important; display: block !important; color-scheme: light dark !important }
* { box-sizing: border-box }
.panel, .badge {
  --back: #ffffff; --text: #1c1e21; --dim: #5d636b; --line: #d9dce0; --code: #f5f6f7;
  --red: #b3261e; --red-back: #fdeceb; --amber: #8a5200; --blue: #1a5fb4;
  position: fixed; z-index: 2147483647; color: var(--text); background: var(--back);
  font: 14px/1.5 system-ui, sans-serif; border: 1px solid var(--line); pointer-events: auto;
  text-align: start; direction: ltr;
}
@media (prefers-color-scheme: dark) {
  .panel, .badge {
    --back: #1b1d21; --text: #e6e8eb; --dim: #a0a6ae; --line: #3a3f46; --code: #121417;
    --red: #ff8a80; --red-back: #3b1d1c; --amber: #f0b559; --blue: #82b4f5;
  }
}
.panel {
  inset: auto 12px 12px 12px; margin: 0 auto; max-width: 880px; max-height: min(60vh, 560px);
  display: flex; flex-direction: column; border-radius: 10px; border-top: 3px solid var(--red);
  box-shadow: 0 12px 40px rgb(0 0 0 / .28);
}
header { display: flex; gap: 10px; align-items: baseline; padding: 12px 12px 8px 16px }
h2 { font: inherit; font-size: 16px; font-weight: 600; margin: 0; flex: 1; min-width: 0;
  white-space: pre-wrap; overflow-wrap: anywhere }
.number { color: var(--red); font-weight: 600; white-space: nowrap }
.code { color: var(--dim); font: 12px/1.5 ui-monospace, monospace; white-space: nowrap }
.content { overflow: auto; padding: 0 16px; overscroll-behavior: contain }
.content:focus-visible { outline-offset: -2px }
section { margin: 0 0 14px }
p { margin: 0 0 10px; white-space: pre-wrap; overflow-wrap: anywhere }
.place { display: block; width: 100%; text-align: start; padding: 2px 0; border: 0; background: none;
  color: inherit; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere }
button { cursor: pointer }
b { font: 600 13px/1.5 ui-monospace, monospace }
button.place b { color: var(--blue); text-decoration: underline; text-underline-offset: 2px }
.foreign { opacity: .75 }
pre { margin: 4px 0 0; padding: 8px 0; overflow-x: auto; background: var(--code); border-radius: 6px;
  border: 1px solid var(--line); font: 12.5px/1.55 ui-monospace, monospace; tab-size: 4 }
pre span { display: block; width: max-content; min-width: 100%; padding: 0 12px; min-height: 1.55em }
.mark { background: var(--red-back) }
.answer { color: var(--red) }
footer { padding: 8px 16px 10px; color: var(--dim); font-size: 12.5px; border-top: 1px solid var(--line) }
.close { border: 0; background: none; color: var(--dim); font: 18px/1 system-ui, sans-serif;
  padding: 4px 8px; border-radius: 6px }
.close:hover { color: var(--text); background: var(--code) }
:focus-visible { outline: 2px solid var(--blue); outline-offset: 1px }
.badge { inset: auto 10px 10px auto; display: flex; align-items: center; max-width: min(360px, 90vw);
  border-radius: 999px; font-size: 12.5px; box-shadow: 0 2px 10px rgb(0 0 0 / .2); padding: 0 2px 0 0 }
.badge .text { border: 0; background: none; color: inherit; font: inherit; padding: 4px 2px 4px 12px;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.badge .text::before { content: ""; display: inline-block; width: 8px; height: 8px; margin-right: 7px;
  border-radius: 50%; background: var(--amber) }
.red .text::before { background: var(--red) }
.busy .text::before { background: var(--blue) }
.badge .close { font-size: 14px; padding: 4px 7px }
@media (forced-colors: active) { .mark { outline: 1px solid } .badge .text::before { forced-color-adjust: none } }
@media print { .panel, .badge { display: none } }
`;
