/** The board's picture. Colours come from the style sheet, so that they follow light and dark. */

/** A relay: its contact closes, and its lamp lights. */
const relay = (id: string, y: number): string => `
  <g id="${id}" class="relay" role="img" transform="translate(258 ${y})">
    <rect width="112" height="80" rx="6" class="cube"/>
    <rect x="5" y="5" width="102" height="70" rx="4" class="lid"/>
    <text x="14" y="23" class="silk strong">${id}</text>
    <text id="${id}-text" x="98" y="23" class="silk" text-anchor="end">off</text>
    <path d="M14 54h18M78 54h18" class="wire"/>
    <circle cx="34" cy="54" r="3.5" class="pole"/><circle cx="76" cy="54" r="3.5" class="pole"/>
    <path d="M34 54h42" class="arm"/>
  </g>`;

export const DRAWING = `
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 276" role="group"
  aria-label="The board: LED, button, two relays">
  <defs>
    <linearGradient id="mask" x1="0" y1="0" x2="0.3" y2="1">
      <stop offset="0" class="mask-a"/><stop offset="1" class="mask-b"/></linearGradient>
    <linearGradient id="tin" x1="0" y1="0" x2="0.4" y2="1">
      <stop offset="0" stop-color="#dfe3e1"/><stop offset="1" stop-color="#aab2af"/>
    </linearGradient>
    <radialGradient id="halo"><stop offset="0" stop-color="#ffcf70" stop-opacity="0.95"/>
      <stop offset="0.35" stop-color="#ffb43d" stop-opacity="0.45"/>
      <stop offset="1" stop-color="#ff9d1e" stop-opacity="0"/></radialGradient>
  </defs>
  <g class="cable" aria-hidden="true">
    <path d="M66 268v-16" class="cord"/>
    <rect x="50" y="226" width="32" height="28" rx="4" class="plug"/>
    <rect x="56" y="214" width="20" height="14" rx="2" fill="url(#tin)"/>
  </g>
  <rect x="8" y="8" width="384" height="214" rx="14" fill="url(#mask)" class="edge"/>
  <g class="trace" aria-hidden="true">
    <path d="M134 62h20l14-14h18M134 84h10l12 12h6M134 108h24M64 152v52M88 152v18l12 12h40
      M218 46h20l12 12h8M190 122l20 24h26l18 18h6M184 190h40l30-10"/></g>
  <g class="hole" aria-hidden="true"><circle cx="24" cy="24" r="7"/><circle cx="376" cy="24" r="7"/>
    <circle cx="24" cy="206" r="7"/><circle cx="376" cy="206" r="7"/></g>
  <g aria-hidden="true">
    <rect x="46" y="26" width="88" height="126" rx="4" fill="#20292a"/>
    <path d="M54 50V34h10v10h10V34h10v10h10V34h10v10h10V34h10v16" fill="none" stroke="#c9a44e"
      stroke-width="3"/>
    <rect x="52" y="58" width="76" height="88" rx="3" fill="url(#tin)"/>
    <text x="90" y="100" text-anchor="middle" class="chip strong">thingward</text>
    <text x="90" y="114" text-anchor="middle" class="chip">firmware</text>
  </g>
  <rect x="48" y="204" width="36" height="20" rx="3" fill="url(#tin)" aria-hidden="true"/>
  <g id="led" role="img" aria-label="LED off">
    <circle cx="202" cy="46" r="58" fill="url(#halo)" class="glow"/>
    <rect x="184" y="35" width="36" height="22" rx="4" class="case"/>
    <rect x="191" y="38" width="22" height="16" rx="4" class="lamp"/>
    <text x="202" y="72" text-anchor="middle" class="silk">LED</text>
  </g>
  <g aria-hidden="true">
    <rect x="158" y="92" width="34" height="40" rx="4" fill="#eef1ee"/>
    <path d="M165 101h20M165 108h20M165 115h20M165 122h20" stroke="#b9c2be" stroke-width="3"/>
    <text x="200" y="108" class="silk" id="silk-Temperature"></text>
    <text x="200" y="125" class="silk" id="silk-Humidity"></text>
  </g>
  <g id="button" class="button" role="button" tabindex="0" aria-pressed="false"
    aria-label="The board's button: press, or hold">
    <circle cx="160" cy="182" r="34" class="track"/>
    <circle cx="160" cy="182" r="34" class="ring" id="ring" transform="rotate(-90 160 182)"/>
    <rect x="136" y="158" width="48" height="48" rx="6" class="housing"/>
    <g class="rivet"><circle cx="142" cy="164" r="2.5"/><circle cx="178" cy="164" r="2.5"/>
      <circle cx="142" cy="200" r="2.5"/><circle cx="178" cy="200" r="2.5"/></g>
    <circle cx="160" cy="182" r="16" class="cap"/>
  </g>
  <g aria-hidden="true"><text x="204" y="180" class="silk">button</text>
    <text x="204" y="196" class="silk strong" id="seconds"></text></g>
  ${relay("relay1", 26)}${relay("relay2", 122)}
</svg>`;

/** The board that is added: the same LED and button, and nothing else. */
export const SMALL_DRAWING = `
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 136" role="group"
  aria-label="The new board: LED, button">
  <rect x="6" y="6" width="228" height="124" rx="12" fill="url(#mask)" class="edge"/>
  <g class="trace" aria-hidden="true"><path d="M100 40h20l12-10h16M100 62h22l20 30h20M100 84h14
    l18 24h26"/></g>
  <g class="hole" aria-hidden="true"><circle cx="19" cy="19" r="5"/><circle cx="221" cy="19" r="5"/>
    <circle cx="19" cy="117" r="5"/><circle cx="221" cy="117" r="5"/></g>
  <g aria-hidden="true">
    <rect x="30" y="20" width="70" height="96" rx="4" fill="#20292a"/>
    <path d="M37 38V26h8v8h8V26h8v8h8V26h8v8h8V26h8v12" fill="none" stroke="#c9a44e"
      stroke-width="2.4"/>
    <rect x="35" y="45" width="60" height="66" rx="3" fill="url(#tin)"/>
    <text x="65" y="76" text-anchor="middle" class="chip strong">thing</text>
    <text x="65" y="90" text-anchor="middle" class="chip strong">ward</text>
  </g>
  <g id="new-led" role="img" aria-label="LED off">
    <circle cx="166" cy="32" r="44" fill="url(#halo)" class="glow"/>
    <rect x="150" y="22" width="32" height="20" rx="4" class="case"/>
    <rect x="156" y="25" width="20" height="14" rx="4" class="lamp"/>
    <text x="190" y="37" class="silk">LED</text>
  </g>
  <g id="new-button" class="button" role="button" tabindex="0" aria-pressed="false"
    aria-label="The new board's button: press, or hold">
    <rect x="142" y="68" width="48" height="48" rx="6" class="housing"/>
    <g class="rivet"><circle cx="148" cy="74" r="2.5"/><circle cx="184" cy="74" r="2.5"/>
      <circle cx="148" cy="110" r="2.5"/><circle cx="184" cy="110" r="2.5"/></g>
    <circle cx="166" cy="92" r="16" class="cap"/>
    <text x="198" y="96" class="silk" aria-hidden="true">press</text>
  </g>
</svg>`;
