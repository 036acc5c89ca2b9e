var x=`
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
`;var R={loading:"Loading\u2026",empty:"Nothing has been counted yet.",offline:"No connection. Shown as it was last known.",error:"The server cannot answer for now. Shown as it was last known.",gone:"There is no public board of this name.",unset:"This widget needs the attributes tenant and board.",rank:"Rank",name:"Name",movement:"Movement",up:"up {n}",down:"down {n}",new:"new",same:"unchanged",leads:"{name} leads with {score}.",hour:"This hour",day:"Today",week:"This week",month:"This month",year:"This year",all:"All time","24h":"Last 24 hours","7d":"Last 7 days","28d":"Last 28 days","90d":"Last 90 days"},f=new Map([["en",R]]),z=(o,t)=>{f.set(o,{...f.get(o),...t})},k=(o,t,e={})=>([o,o.split("-")[0],"en"].map(i=>f.get(i)?.[t]).find(i=>i!==void 0)??t).replace(/\{(\w+)\}/g,(i,r)=>e[r]??i),E=(o,t,e,n=!1)=>{let i=n?{notation:"compact",maximumFractionDigits:1}:{};if(e===null)return new Intl.NumberFormat(o,i).format(t);let r={style:"currency",currency:e.toUpperCase()},a=new Intl.NumberFormat(o,r).resolvedOptions().maximumFractionDigits??2;return new Intl.NumberFormat(o,{...r,...i}).format(t/10**a)},S=(...o)=>{for(let t of o)try{if(t&&Intl.getCanonicalLocales(t).length)return t}catch{}return"en"};var b=new Map,T=(o,t,e=5e3)=>{let n=b.get(o);n||b.set(o,n=new w(o,e));let i=n;return i.listeners.add(t),i.listeners.size===1?i.start():t(i.shown),()=>{i.listeners.delete(t),!i.listeners.size&&(i.stop(),b.delete(o))}},w=class{constructor(t,e){this.url=t;this.paceMs=e;this.listeners=new Set;this.shown={page:void 0,state:"loading"};this.#t="";this.#s=0;this.#r=0;this.#i=0;this.#o=()=>{document.visibilityState!=="hidden"&&this.#a()}}#t;#s;#r;#i;#e;#n;#o;start(){document.addEventListener("visibilitychange",this.#o),addEventListener("online",this.#o),this.#a()}stop(){document.removeEventListener("visibilitychange",this.#o),removeEventListener("online",this.#o),clearTimeout(this.#e),this.#n?.abort()}async#a(){clearTimeout(this.#e),this.#n?.abort();let t=this.#n=new AbortController,e=setTimeout(()=>t.abort(),15e3),n;this.#i=0;try{let i=await fetch(this.url,{credentials:"omit",referrerPolicy:"no-referrer",signal:t.signal}),r=await i.text();if(t!==this.#n)return;n=i.ok?this.#u(r):this.#l(i)}catch{if(t!==this.#n||!this.listeners.size)return;n=this.#c("offline",0)}finally{clearTimeout(e)}this.#e=setTimeout(this.#o,Math.max(this.#i,n*(.9+Math.random()/5)))}#u(t){this.#r=0;let e=t===this.#t?this.shown.page:JSON.parse(t);return P(e,this.shown.page)&&++this.#s<=3?this.paceMs:(this.#s=0,this.#t=t,this.#d({page:e,state:"live"}),this.paceMs)}#l(t){let e=Number(t.headers.get("retry-after"))*1e3||0;return t.status===429||t.status>=500?this.#c("error",e):(this.#d({page:void 0,state:"gone"}),6e4)}#c(t,e){return this.#d({page:this.shown.page,state:t}),this.#i=e,Math.max(e,Math.min(6e4,this.paceMs*2**this.#r++))}#d(t){if(!(t.page===this.shown.page&&t.state===this.shown.state)){this.shown=t;for(let e of[...this.listeners])e(t)}}},P=(o,t)=>{let[e,n]=[o,t].map(i=>i?.position??[]);return e.some((i,r)=>i<(n[r]??0))};var N=(()=>{let t=globalThis.document?.currentScript?.src||import.meta.url||"";return/^https?:/.test(t)?new URL(t).origin:""})(),H=globalThis.HTMLElement??class{},c=class extends H{static{this.attributes=["server","tenant","board","window","limit","lang","theme"]}static get observedAttributes(){return this.attributes}get server(){return(this.getAttribute("server")??N).replace(/\/+$/,"")}follow(t,e){return T(t,e)}isEmpty(t){return!1}#t;#s;#r;#i;#e;#n="unset";#o;#a=()=>{let t=this.getAttribute("theme"),e=t==="dark"||t!=="light"&&!!this.#o?.matches;this.#t.dataset.theme=e?"dark":"light"};get state(){return this.#n}connectedCallback(){this.shadowRoot||this.#u(),this.#o=matchMedia("(prefers-color-scheme: dark)"),this.#o.addEventListener("change",this.#a),this.#l()}disconnectedCallback(){this.#o?.removeEventListener("change",this.#a),this.#r?.(),this.#r=this.#i=void 0}attributeChangedCallback(){this.isConnected&&this.shadowRoot&&this.#l()}get language(){let t=this.closest("[lang]")?.lang;return S(this.getAttribute("lang"),t,navigator.language)}text(t,e){return k(this.language,t,e)}number(t,e=null,n=!1){return E(this.language,t,e,n)}whole(t,e,n,i){let r=Number.parseInt(this.getAttribute(t)??"",10);return Number.isNaN(r)?e:Math.min(i,Math.max(n,r))}get calm(){return matchMedia("(prefers-reduced-motion: reduce)").matches}publicBoard(t,e=""){let[n,i]=[this.getAttribute("tenant"),this.getAttribute("board")];if(!n||!i)return;let r=Object.entries(t).filter(d=>!!d[1]),a=`/api/public/${encodeURIComponent(n)}/boards/${encodeURIComponent(i)}${e}`;return r.length?`${a}?${new URLSearchParams(r).toString()}`:a}#u(){let t=this.attachShadow({mode:"open"});t.adoptedStyleSheets=[_(x),_(this.styles)];let e=s("div","widget");e.part.add("widget"),this.#t=e,this.body=s("div","body"),this.#s=s("p","note"),this.#s.setAttribute("role","status"),e.append(this.body,this.#s),t.append(e)}#l(){this.#a();let t=this.address(),e=t===void 0?void 0:this.server+t;if(e===this.#i){e===void 0?this.#m("unset"):this.#e!==void 0&&this.#d(this.#e);return}this.#r?.(),this.#i=e,this.#e=void 0,this.#m(e===void 0?"unset":"loading"),this.#r=e===void 0?void 0:this.follow(e,n=>this.#c(n))}#c({page:t,state:e}){let n=t!==this.#e;if(this.#e=t,this.#e===void 0){this.#m(e);return}n&&this.#d(this.#e),this.#m(e==="live"&&this.isEmpty(this.#e)?"empty":e),n&&this.#h("coliseum-page",this.#e)}#d(t){this.draw(t)}#m(t){let e=this.#e!==void 0&&t!=="empty";this.body.hidden=!e,this.#t.setAttribute("aria-busy",String(t==="loading")),this.#s.textContent=t==="live"?"":this.text(t),this.#s.hidden=t==="live";for(let n of this.shadowRoot.querySelectorAll(".dot"))n.dataset.state=t;t!==this.#n&&(this.#n=t,this.#t.dataset.state=t,this.#h("coliseum-state",t))}#h(t,e){this.dispatchEvent(new CustomEvent(t,{detail:e,bubbles:!0,composed:!0}))}},M=new Map,_=o=>{let t=M.get(o);return t||(t=new CSSStyleSheet,t.replaceSync(o),M.set(o,t)),t},s=(o,t="",e="")=>{let n=document.createElement(o);return t&&(n.className=t),e&&(n.textContent=e),n},v=(o,t)=>{globalThis.customElements&&!customElements.get(o)&&customElements.define(o,t)};var O=900,p=class extends c{constructor(){super(...arguments);this.styles=B;this.#i=0}static{this.attributes=[...c.attributes,"heading","compact"]}#t;#s;#r;#i;address(){return this.publicBoard({window:this.getAttribute("window")},"/total")}disconnectedCallback(){super.disconnectedCallback(),cancelAnimationFrame(this.#i),this.#s=void 0}draw(e){let n=this.#t??=this.#e(),i=this.getAttribute("heading")??e.title;n.title.textContent=i,n.title.hidden=!i;let r=e.currency===null?e.unit:"";n.unit.textContent=[r,this.text(e.window)].filter(Boolean).join(" \xB7 "),n.figure.textContent=this.#n(e.total,e);let a=this.#r===this.address()?this.#s:void 0;this.#r=this.address(),this.#s=e.total,cancelAnimationFrame(this.#i),a===void 0||a===e.total||this.calm?n.moving.textContent=this.#n(e.total,e):this.#o(a,e)}#e(){let e=s("span","title");e.dir="auto";let n=s("p","head");n.append(s("span","dot"),e);let i=s("span","unseen"),r=s("span","moving");r.setAttribute("aria-hidden","true");let a=s("p","value");a.part.add("value"),a.append(i,r);let d=s("p","unit");return this.body.append(n,a,d),{title:e,figure:i,moving:r,unit:d}}#n(e,n){return this.number(e,n.currency,this.getAttribute("compact")==="yes")}#o(e,n){let i=performance.now(),r=a=>{let d=Math.min(1,(a-i)/O),m=d===1?n.total:Math.round(e+(n.total-e)*(1-(1-d)**3));this.#t.moving.textContent=this.#n(m,n),d<1&&(this.#i=requestAnimationFrame(r))};this.#i=requestAnimationFrame(r)}},B=`
.body { padding: 1rem 1.25rem 1.1rem; }
p { margin: 0; }
.head { display: flex; align-items: center; gap: .6rem; color: var(--_soft); font-size: .875rem; font-weight: 600; }
.title { overflow-wrap: anywhere; }
.value {
  position: relative; margin-block: .15rem; font-size: clamp(2rem, 16cqi, 4.5rem); font-weight: 750; letter-spacing: -.03em;
  line-height: 1.1; white-space: nowrap;
}
.unit { color: var(--_soft); font-size: .8125rem; }
`;var L=`
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
`;var I=/^(https:\/\/|data:image\/(png|jpeg|gif|webp|avif);)/i,A=(o,t)=>{let e=s("span","picture",W(o));if(e.setAttribute("aria-hidden","true"),t&&I.test(t)){let n=s("img");n.alt="",n.loading="lazy",n.decoding="async",n.referrerPolicy="no-referrer",n.addEventListener("error",()=>n.remove()),n.src=t,e.append(n)}return e},W=o=>(o.match(/[\p{L}\p{N}]+/gu)??[]).slice(0,2).map(t=>[...t][0]).join("").toLocaleUpperCase();var C={duration:600,easing:"cubic-bezier(.2, .8, .2, 1)"},D={new:"\u25CF",up:"\u25B2",down:"\u25BC",same:""},F=3e4,g=class extends c{constructor(){super(...arguments);this.styles=L;this.#t=new Map;this.#i=0;this.#n=new Map}static{this.attributes=[...c.attributes,"heading","pictures"]}#t;#s;#r;#i;#e;#n;address(){return this.publicBoard({window:this.getAttribute("window"),limit:String(this.whole("limit",10,1,100)),movement:"true"})}isEmpty(e){return!e.rows.length}draw(e){let{title:n,when:i,unit:r,body:a}=this.#s??=this.#o();this.#e!==this.address()&&this.#a();let d=this.getAttribute("heading")??e.title??"";n.textContent=d,n.hidden=!d,i.textContent=this.text(e.window),r.textContent=e.currency?.toUpperCase()??e.unit;let m=this.#h();if(!this.#n.size)for(let l of e.rows)this.#n.set(l.id,l.rank);let u=Math.max(1,e.rows[0]?.score??1);a.replaceChildren(...e.rows.map(l=>this.#u(l,e,u)));let h=new Set(e.rows.map(l=>l.id));for(let l of this.#t.keys())h.has(l)||this.#t.delete(l);this.calm||this.#p(m),this.#g(e)}#o(){let e=s("span","title");e.dir="auto";let n=s("span","when"),i=s("div","head");i.append(s("span","dot"),e,n);let r=s("table"),a=s("caption");a.append(i);let d=s("tr"),m=s("th","score"),u=s("th","moved");u.append(s("span","unseen",this.text("movement")));for(let y of[s("th","rank",this.text("rank")),u,s("th","",this.text("name")),m])y.scope="col",d.append(y);let h=s("thead");h.append(d);let l=s("tbody");return r.append(a,h,l),this.#r=s("p","unseen"),this.#r.setAttribute("aria-live","polite"),this.body.append(r,this.#r),{title:e,when:n,unit:m,body:l}}#a(){this.#t.clear(),this.#n.clear(),this.#e=this.address(),this.#i=Date.now()}#u(e,n,i){let r=this.#t.get(e.id),a=r?.element??this.#l(),[d,m,u,h]=a.children;d.textContent=this.number(e.rank),this.#d(m,e),(!r||r.picture!==e.picture||r.name!==e.name)&&this.#c(u,e);let l=u.querySelector("meter")??s("meter");return l.max=i,l.value=Math.max(0,e.score),h.textContent=this.number(e.score,n.currency),this.#t.set(e.id,{element:a,picture:e.picture,name:e.name}),a}#l(){let e=s("tr");e.part.add("row");let n=s("th","who");return n.scope="row",e.append(s("td","rank"),s("td","moved"),n,s("td","score")),e}#c(e,n){let i=s("span","name");i.append(s("bdi","",n.name));let r=s("meter");r.setAttribute("aria-hidden","true");let a=s("span","text");a.append(i,r);let d=s("span","line");this.getAttribute("pictures")!=="no"&&d.append(A(n.name,n.picture)),d.append(a),e.replaceChildren(d)}#d(e,n){let[i,r]=this.#m(n),a=r?this.number(Math.abs(r)):"";e.className=`moved ${i}`;let d=s("span","",D[i]+a);d.setAttribute("aria-hidden","true"),e.replaceChildren(d,s("span","unseen",this.text(i,{n:a})))}#m(e){if(e.status==="NEW"||e.status==="RE-ENTRY")return["new",0];let n=e.status?e.movement??0:(this.#n.get(e.id)??e.rank)-e.rank;return[n>0?"up":n<0?"down":"same",n]}#h(){return new Map([...this.#t].map(([e,{element:n}])=>[e,n.getBoundingClientRect().top]))}#p(e){if(e.size)for(let[n,{element:i}]of this.#t){let r=e.get(n),a=r===void 0?0:r-i.getBoundingClientRect().top;r===void 0?i.animate({opacity:[0,1]},C):a&&i.animate({transform:[`translateY(${a}px)`,"none"]},C)}}#g(e){let n=e.rows[0];!n||Date.now()-this.#i<F||(this.#i=Date.now(),this.#r.textContent=this.text("leads",{name:n.name,score:this.number(n.score,e.currency)}))}};v("coliseum-leaderboard",g);v("coliseum-counter",p);export{p as CounterWidget,g as LeaderboardWidget,c as Widget,z as addTexts};
