"use strict";var coliseumWidgets=(()=>{var w=Object.defineProperty;var N=Object.getOwnPropertyDescriptor;var B=Object.getOwnPropertyNames;var O=Object.prototype.hasOwnProperty;var D=(o,t)=>{for(var e in t)w(o,e,{get:t[e],enumerable:!0})},I=(o,t,e,n)=>{if(t&&typeof t=="object"||typeof t=="function")for(let i of B(t))!O.call(o,i)&&i!==e&&w(o,i,{get:()=>t[i],enumerable:!(n=N(t,i))||n.enumerable});return o};var W=o=>I(w({},"__esModule",{value:!0}),o);var ae={};D(ae,{CounterWidget:()=>p,LeaderboardWidget:()=>f,Widget:()=>m,addTexts:()=>E});var S=`
:host { display: block; container-type: inline-size; }
:host([hidden]), [hidden] { display: none !important; }
.widget {
  --_paper: var(--coliseum-paper, #ffffff);
  --_ink: var(--coliseum-ink, #1d1712);
  --_soft: var(--coliseum-soft, #6a5d4e);
  --_line: var(--coliseum-line, #e2d6c2);
  --_accent: var(--coliseum-accent, #b1440a);
  --_up: var(--coliseum-up, #1a6b3a);
  --_down: var(--coliseum-down, #a3263a);
  --_radius: var(--coliseum-radius, 14px);
  --_font: var(--coliseum-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif);
  color-scheme: light;
  background: var(--_paper);
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  color: var(--_ink);
  font: 400 1rem/1.4 var(--_font);
  font-variant-numeric: tabular-nums lining-nums;
  overflow: hidden;
  text-align: start;
}
.widget[data-theme="dark"] {
  --_paper: var(--coliseum-paper, #1e1914);
  --_ink: var(--coliseum-ink, #f6eee2);
  --_soft: var(--coliseum-soft, #b5a793);
  --_line: var(--coliseum-line, #3a3128);
  --_accent: var(--coliseum-accent, #ff9a52);
  --_up: var(--coliseum-up, #6ed396);
  --_down: var(--coliseum-down, #ff8f9b);
  color-scheme: dark;
}
*, ::before, ::after { box-sizing: border-box; }
.note { margin: 0; padding: .75rem 1rem; color: var(--_soft); font-size: .875rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.dot { inline-size: .5rem; block-size: .5rem; flex: none; border-radius: 50%; background: var(--_soft); }
.dot[data-state="live"] { background: var(--_up); }
.dot[data-state="offline"], .dot[data-state="error"] { background: var(--_down); }
@media (prefers-reduced-motion: no-preference) {
  .dot[data-state="live"] { animation: breathe 2.4s ease-in-out infinite; }
}
@keyframes breathe { 50% { opacity: .35; } }
`;var F={loading:"Loading\u2026",empty:"Nothing has been counted yet.",offline:"No connection. Shown as it was last known.",error:"The server cannot answer for now. Shown as it was last known.",gone:"There is no public board of this name.",unset:"This widget needs the attributes tenant and board.",rank:"Rank",name:"Name",movement:"Movement",up:"up {n}",down:"down {n}",new:"new",same:"unchanged",leads:"{name} leads with {score}.",hour:"This hour",day:"Today",week:"This week",month:"This month",year:"This year",all:"All time","24h":"Last 24 hours","7d":"Last 7 days","28d":"Last 28 days","90d":"Last 90 days"},v=new Map([["en",F]]),E=(o,t)=>{v.set(o,{...v.get(o),...t})},M=(o,t,e={})=>([o,o.split("-")[0],"en"].map(i=>v.get(i)?.[t]).find(i=>i!==void 0)??t).replace(/\{(\w+)\}/g,(i,r)=>e[r]??i),_=(o,t,e,n=!1)=>{let i=n?{notation:"compact",maximumFractionDigits:1}:{};if(e===null)return new Intl.NumberFormat(o,i).format(t);let r={style:"currency",currency:e.toUpperCase()},a=new Intl.NumberFormat(o,r).resolvedOptions().maximumFractionDigits??2;return new Intl.NumberFormat(o,{...r,...i}).format(t/10**a)},L=(...o)=>{for(let t of o)try{if(t&&Intl.getCanonicalLocales(t).length)return t}catch{}return"en"};var Y=["rows","id"],U=["points","start"],R=(o,t,e)=>{let{position:n,state:i}=e;if(e.type==="snapshot")return{page:e.page,position:n,state:i};if(!t||t.position.join()!==e.from.join())return;let[r,a]=o==="metrics"?U:Y,d=new Set([...e.gone,...e.rows.map(([,u])=>u[a])]),h=t.page[r].filter(u=>!d.has(u[a]));for(let[u,c]of e.rows)h.splice(u,0,c);return{page:{...t.page,...e.set,[r]:h},position:n,state:i}};var K=5e3,$=12e4,j=4e4,g=class{constructor(t,e){this.url=t;this.heard=e}#e;#n;#o=0;#r;#t;get isLive(){return this.#n!==void 0}open(){clearTimeout(this.#r),this.#e||this.#i(this.#e=new AbortController)}close(){clearTimeout(this.#r),clearTimeout(this.#t),this.#e?.abort(),this.#e=this.#n=void 0}async#i(t){try{let i=await fetch(this.url,{credentials:"omit",referrerPolicy:"no-referrer",cache:"no-store",signal:t.signal});i.ok&&i.body&&await this.#s(i.body,t)}catch{}if(t!==this.#e)return;let e=this.isLive;this.close(),this.#o=e?0:this.#o+1;let n=Math.min($,K*2**this.#o);this.#r=setTimeout(()=>this.open(),n*(.5+Math.random())),e&&this.heard.lost()}async#s(t,e){let n=t.getReader(),i=new TextDecoder,r="";for(;;){clearTimeout(this.#t),this.#t=setTimeout(()=>e.abort(),j);let{done:a,value:d}=await n.read();if(a||e!==this.#e)return;let l=(r+i.decode(d,{stream:!0})).split(`

`);r=l.pop();for(let h of l)if(!this.#a(h))return e.abort()}}#a(t){let e=t.split(`
`).find(i=>i.startsWith("data: "));if(e===void 0)return!0;let n=JSON.parse(e.slice(6));return n.type!=="snapshot"&&n.type!=="diff"?n.code==="overloaded":(this.#n=R("board",this.#n,n),this.#n&&this.heard.page(this.#n.page),this.#n!==void 0)}};var q=5e3,X=6e4,G=6e4,J=15e3,V=3,y=new Map,b=(o,t,e=q,n)=>{let i=y.get(o);i||y.set(o,i=new x(o,e,n));let r=i;return r.listeners.add(t),r.listeners.size===1?r.start():t(r.shown),()=>{r.listeners.delete(t),!r.listeners.size&&(r.stop(),y.delete(o))}},x=class{constructor(t,e,n){this.url=t;this.paceMs=e;this.listeners=new Set;this.shown={page:void 0,state:"loading"};this.#e="";this.#n=0;this.#o=0;this.#r=0;this.#a=()=>{if(document.visibilityState==="hidden"){this.#s?.close();return}this.#l(),this.#s?.open()};this.#h=()=>{this.#s?.close(),this.#c()};this.#c=()=>{document.visibilityState!=="hidden"&&!this.#s?.isLive&&this.#l()};n!==void 0&&(this.#s=new g(n,{page:i=>{clearTimeout(this.#t),this.#i?.abort(),this.#i=void 0,this.#d("",i)},lost:()=>this.#c()}))}#e;#n;#o;#r;#t;#i;#s;#a;#h;#c;start(){document.addEventListener("visibilitychange",this.#a),addEventListener("online",this.#a),addEventListener("offline",this.#h),this.#l(),document.visibilityState!=="hidden"&&this.#s?.open()}stop(){document.removeEventListener("visibilitychange",this.#a),removeEventListener("online",this.#a),removeEventListener("offline",this.#h),clearTimeout(this.#t),this.#i?.abort(),this.#s?.close()}async#l(){clearTimeout(this.#t),this.#i?.abort();let t=this.#i=new AbortController,e=setTimeout(()=>t.abort(),J),n;this.#r=0;try{let i=await fetch(this.url,{credentials:"omit",referrerPolicy:"no-referrer",signal:t.signal}),r=await i.text();if(t!==this.#i)return;n=i.ok?this.#u(r):this.#m(i)}catch{if(t!==this.#i||!this.listeners.size)return;n=this.#f("offline",0)}finally{clearTimeout(e)}this.#t=setTimeout(this.#c,Math.max(this.#r,n*(.9+Math.random()/5)))}#u(t){return this.#d(t,t===this.#e?this.shown.page:JSON.parse(t)),this.paceMs}#d(t,e){this.#o=0,!(Q(e,this.shown.page)&&++this.#n<=V)&&(this.#n=0,this.#e=t,this.#p({page:e,state:"live"}))}#m(t){let e=Number(t.headers.get("retry-after"))*1e3||0;return t.status===429||t.status>=500?this.#f("error",e):(this.#p({page:void 0,state:"gone"}),X)}#f(t,e){return this.#p({page:this.shown.page,state:t}),this.#r=e,Math.max(e,Math.min(G,this.paceMs*2**this.#o++))}#p(t){if(!(t.page===this.shown.page&&t.state===this.shown.state)){this.shown=t;for(let e of[...this.listeners])e(t)}}},Q=(o,t)=>{let[e,n]=[o,t].map(i=>i?.position??[]);return e.some((i,r)=>i<(n[r]??0))};var Z=(()=>{let t=globalThis.document?.currentScript?.src||void 0||"";return/^https?:/.test(t)?new URL(t).origin:""})(),ee=globalThis.HTMLElement??class{},m=class extends ee{static{this.attributes=["server","tenant","board","window","limit","lang","theme"]}static get observedAttributes(){return this.attributes}get server(){return(this.getAttribute("server")??Z).replace(/\/+$/,"")}follow(t,e){return b(t,e)}isEmpty(t){return!1}#e;#n;#o;#r;#t;#i="unset";#s;#a=()=>{let t=this.getAttribute("theme"),e=t==="dark"||t!=="light"&&!!this.#s?.matches;this.#e.dataset.theme=e?"dark":"light"};get state(){return this.#i}connectedCallback(){this.shadowRoot||this.#h(),this.#s=matchMedia("(prefers-color-scheme: dark)"),this.#s.addEventListener("change",this.#a),this.#c()}disconnectedCallback(){this.#s?.removeEventListener("change",this.#a),this.#o?.(),this.#o=this.#r=void 0}attributeChangedCallback(){this.isConnected&&this.shadowRoot&&this.#c()}get language(){let t=this.closest("[lang]")?.lang;return L(this.getAttribute("lang"),t,navigator.language)}text(t,e){return M(this.language,t,e)}number(t,e=null,n=!1){return _(this.language,t,e,n)}whole(t,e,n,i){let r=Number.parseInt(this.getAttribute(t)??"",10);return Number.isNaN(r)?e:Math.min(i,Math.max(n,r))}get calm(){return matchMedia("(prefers-reduced-motion: reduce)").matches}publicBoard(t,e=""){let[n,i]=[this.getAttribute("tenant"),this.getAttribute("board")];if(!n||!i)return;let r=Object.entries(t).filter(d=>!!d[1]),a=`/api/public/${encodeURIComponent(n)}/boards/${encodeURIComponent(i)}${e}`;return r.length?`${a}?${new URLSearchParams(r).toString()}`:a}#h(){let t=this.attachShadow({mode:"open"});t.adoptedStyleSheets=[C(S),C(this.styles)];let e=s("div","widget");e.part.add("widget"),this.#e=e,this.body=s("div","body"),this.#n=s("p","note"),this.#n.setAttribute("role","status"),e.append(this.body,this.#n),t.append(e)}#c(){this.#a();let t=this.address(),e=t===void 0?void 0:this.server+t;if(e===this.#r){e===void 0?this.#d("unset"):this.#t!==void 0&&this.#u(this.#t);return}this.#o?.(),this.#r=e,this.#t=void 0,this.#d(e===void 0?"unset":"loading"),this.#o=e===void 0?void 0:this.follow(e,n=>this.#l(n))}#l({page:t,state:e}){let n=t!==this.#t;if(this.#t=t,this.#t===void 0){this.#d(e);return}n&&this.#u(this.#t),this.#d(e==="live"&&this.isEmpty(this.#t)?"empty":e),n&&this.#m("coliseum-page",this.#t)}#u(t){this.draw(t)}#d(t){let e=this.#t!==void 0&&t!=="empty";this.body.hidden=!e,this.#e.setAttribute("aria-busy",String(t==="loading")),this.#n.textContent=t==="live"?"":this.text(t),this.#n.hidden=t==="live";for(let n of this.shadowRoot.querySelectorAll(".dot"))n.dataset.state=t;t!==this.#i&&(this.#i=t,this.#e.dataset.state=t,this.#m("coliseum-state",t))}#m(t,e){this.dispatchEvent(new CustomEvent(t,{detail:e,bubbles:!0,composed:!0}))}},A=new Map,C=o=>{let t=A.get(o);return t||(t=new CSSStyleSheet,t.replaceSync(o),A.set(o,t)),t},s=(o,t="",e="")=>{let n=document.createElement(o);return t&&(n.className=t),e&&(n.textContent=e),n},k=(o,t)=>{globalThis.customElements&&!customElements.get(o)&&customElements.define(o,t)};var te=900,p=class extends m{constructor(){super(...arguments);this.styles=ne;this.#r=0}static{this.attributes=[...m.attributes,"heading","compact"]}#e;#n;#o;#r;address(){return this.publicBoard({window:this.getAttribute("window")},"/total")}disconnectedCallback(){super.disconnectedCallback(),cancelAnimationFrame(this.#r),this.#n=void 0}draw(e){let n=this.#e??=this.#t(),i=this.getAttribute("heading")??e.title;n.title.textContent=i,n.title.hidden=!i;let r=e.currency===null?e.unit:"";n.unit.textContent=[r,this.text(e.window)].filter(Boolean).join(" \xB7 "),n.figure.textContent=this.#i(e.total,e);let a=this.#o===this.address()?this.#n:void 0;this.#o=this.address(),this.#n=e.total,cancelAnimationFrame(this.#r),a===void 0||a===e.total||this.calm?n.moving.textContent=this.#i(e.total,e):this.#s(a,e)}#t(){let e=s("span","title");e.dir="auto";let n=s("p","head");n.append(s("span","dot"),e);let i=s("span","unseen"),r=s("span","moving");r.setAttribute("aria-hidden","true");let a=s("p","value");a.part.add("value"),a.append(i,r);let d=s("p","unit");return this.body.append(n,a,d),{title:e,figure:i,moving:r,unit:d}}#i(e,n){return this.number(e,n.currency,this.getAttribute("compact")==="yes")}#s(e,n){let i=performance.now(),r=a=>{let d=Math.min(1,(a-i)/te),l=d===1?n.total:Math.round(e+(n.total-e)*(1-(1-d)**3));this.#e.moving.textContent=this.#i(l,n),d<1&&(this.#r=requestAnimationFrame(r))};this.#r=requestAnimationFrame(r)}},ne=`
.body { padding: 1rem 1.25rem 1.1rem; }
p { margin: 0; }
.head { display: flex; align-items: center; gap: .6rem; color: var(--_soft); font-size: .875rem; font-weight: 600; }
.title { overflow-wrap: anywhere; }
.value {
  position: relative; margin-block: .15rem; font-size: clamp(2rem, 16cqi, 4.5rem); font-weight: 750; letter-spacing: -.03em;
  line-height: 1.1; white-space: nowrap;
}
.unit { color: var(--_soft); font-size: .8125rem; }
`;var P=`
table { inline-size: 100%; border-collapse: collapse; }
caption { padding: 0; text-align: start; }
.head { display: flex; align-items: center; gap: .6rem; padding: .9rem 1rem .7rem; }
.title { font-weight: 650; font-size: 1.05rem; letter-spacing: -.01em; min-inline-size: 0; overflow-wrap: anywhere; }
.when { margin-inline-start: auto; color: var(--_soft); font-size: .8125rem; white-space: nowrap; }
thead th {
  padding: 0 .5rem .4rem; color: var(--_soft); font-size: .6875rem; font-weight: 600; letter-spacing: .06em;
  text-align: start; text-transform: uppercase; white-space: nowrap;
}
tbody tr { border-block-start: 1px solid var(--_line); background: var(--_paper); }
td, tbody th { padding: .55rem .5rem; font-weight: 400; text-align: start; vertical-align: middle; }
.rank { inline-size: 3rem; padding-inline: 1rem .25rem; font-weight: 650; text-align: end; }
thead .rank { overflow: hidden; text-overflow: clip; }
.moved { inline-size: 2.75rem; font-size: .75rem; font-weight: 650; white-space: nowrap; color: var(--_soft); }
.moved.up { color: var(--_up); }
.moved.down { color: var(--_down); }
.moved.new { color: var(--_accent); }
.line { display: flex; align-items: center; gap: .75rem; min-inline-size: 0; }
.text { flex: 1; min-inline-size: 0; }
.name {
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere;
  font-weight: 550;
}
tbody tr:first-child .name { font-weight: 700; }
th.score, td.score { padding-inline: .5rem 1rem; font-weight: 600; text-align: end; white-space: nowrap; }
.picture {
  position: relative; display: grid; place-items: center; flex: none; inline-size: 2.25rem; block-size: 2.25rem;
  border-radius: 28%; background: var(--_line); color: var(--_ink); font-size: .75rem; font-weight: 700; overflow: hidden;
}
.picture img { position: absolute; inset: 0; inline-size: 100%; block-size: 100%; object-fit: cover; }
meter {
  display: block; inline-size: 100%; block-size: 3px; margin-block-start: .3rem; border: 0; border-radius: 2px;
  background: none; appearance: none;
}
meter::-webkit-meter-inner-element { display: block; }
meter::-webkit-meter-bar { block-size: 3px; border: 0; border-radius: 2px; background: var(--_line); }
meter::-webkit-meter-optimum-value { border-radius: 2px; background: var(--_accent); transition: inline-size .6s; }
meter::-moz-meter-bar { border-radius: 2px; background: var(--_accent); }
@container (max-width: 30rem) {
  .moved { inline-size: 2.1rem; padding-inline: .15rem; }
  .line { gap: .6rem; }
  .picture { inline-size: 1.9rem; block-size: 1.9rem; }
}
@container (max-width: 22rem) {
  .picture { display: none; }
  .rank { inline-size: 2.25rem; padding-inline-start: .6rem; }
  th.score, td.score { padding-inline-end: .6rem; }
}
@media (prefers-reduced-motion: reduce) { meter::-webkit-meter-optimum-value { transition: none; } }
`;var ie=/^(https:\/\/|data:image\/(png|jpeg|gif|webp|avif);)/i,z=(o,t)=>{let e=s("span","picture",re(o));if(e.setAttribute("aria-hidden","true"),t&&ie.test(t)){let n=s("img");n.alt="",n.loading="lazy",n.decoding="async",n.referrerPolicy="no-referrer",n.addEventListener("error",()=>n.remove()),n.src=t,e.append(n)}return e},re=o=>(o.match(/[\p{L}\p{N}]+/gu)??[]).slice(0,2).map(t=>[...t][0]).join("").toLocaleUpperCase();var H={duration:600,easing:"cubic-bezier(.2, .8, .2, 1)"},oe={new:"\u25CF",up:"\u25B2",down:"\u25BC",same:""},se=3e4,f=class extends m{constructor(){super(...arguments);this.styles=P;this.#e=new Map;this.#r=0;this.#i=new Map}static{this.attributes=[...m.attributes,"heading","pictures"]}#e;#n;#o;#r;#t;#i;address(){return this.publicBoard({window:this.getAttribute("window"),limit:String(this.whole("limit",10,1,100)),movement:"true"})}follow(e,n){return b(e,n,void 0,e.replace("?","/events?"))}isEmpty(e){return!e.rows.length}draw(e){let{title:n,when:i,unit:r,body:a}=this.#n??=this.#s();this.#t!==this.address()&&this.#a();let d=this.getAttribute("heading")??e.title??"";n.textContent=d,n.hidden=!d,i.textContent=this.text(e.window),r.textContent=e.currency?.toUpperCase()??e.unit;let l=this.#m();if(!this.#i.size)for(let c of e.rows)this.#i.set(c.id,c.rank);let h=Math.max(1,e.rows[0]?.score??1);a.replaceChildren(...e.rows.map(c=>this.#h(c,e,h)));let u=new Set(e.rows.map(c=>c.id));for(let c of this.#e.keys())u.has(c)||this.#e.delete(c);this.calm||this.#f(l),this.#p(e)}#s(){let e=s("span","title");e.dir="auto";let n=s("span","when"),i=s("div","head");i.append(s("span","dot"),e,n);let r=s("table"),a=s("caption");a.append(i);let d=s("tr"),l=s("th","score"),h=s("th","moved");h.append(s("span","unseen",this.text("movement")));for(let T of[s("th","rank",this.text("rank")),h,s("th","",this.text("name")),l])T.scope="col",d.append(T);let u=s("thead");u.append(d);let c=s("tbody");return r.append(a,u,c),this.#o=s("p","unseen"),this.#o.setAttribute("aria-live","polite"),this.body.append(r,this.#o),{title:e,when:n,unit:l,body:c}}#a(){this.#e.clear(),this.#i.clear(),this.#t=this.address(),this.#r=Date.now()}#h(e,n,i){let r=this.#e.get(e.id),a=r?.element??this.#c(),[d,l,h,u]=a.children;d.textContent=this.number(e.rank),this.#u(l,e),(!r||r.picture!==e.picture||r.name!==e.name)&&this.#l(h,e);let c=h.querySelector("meter")??s("meter");return c.max=i,c.value=Math.max(0,e.score),u.textContent=this.number(e.score,n.currency),this.#e.set(e.id,{element:a,picture:e.picture,name:e.name}),a}#c(){let e=s("tr");e.part.add("row");let n=s("th","who");return n.scope="row",e.append(s("td","rank"),s("td","moved"),n,s("td","score")),e}#l(e,n){let i=s("span","name");i.append(s("bdi","",n.name));let r=s("meter");r.setAttribute("aria-hidden","true");let a=s("span","text");a.append(i,r);let d=s("span","line");this.getAttribute("pictures")!=="no"&&d.append(z(n.name,n.picture)),d.append(a),e.replaceChildren(d)}#u(e,n){let[i,r]=this.#d(n),a=r?this.number(Math.abs(r)):"";e.className=`moved ${i}`;let d=s("span","",oe[i]+a);d.setAttribute("aria-hidden","true"),e.replaceChildren(d,s("span","unseen",this.text(i,{n:a})))}#d(e){if(e.status==="NEW"||e.status==="RE-ENTRY")return["new",0];let n=e.status?e.movement??0:(this.#i.get(e.id)??e.rank)-e.rank;return[n>0?"up":n<0?"down":"same",n]}#m(){return new Map([...this.#e].map(([e,{element:n}])=>[e,n.getBoundingClientRect().top]))}#f(e){if(e.size)for(let[n,{element:i}]of this.#e){let r=e.get(n),a=r===void 0?0:r-i.getBoundingClientRect().top;r===void 0?i.animate({opacity:[0,1]},H):a&&i.animate({transform:[`translateY(${a}px)`,"none"]},H)}}#p(e){let n=e.rows[0];!n||Date.now()-this.#r<se||(this.#r=Date.now(),this.#o.textContent=this.text("leads",{name:n.name,score:this.number(n.score,e.currency)}))}};k("coliseum-leaderboard",f);k("coliseum-counter",p);return W(ae);})();
