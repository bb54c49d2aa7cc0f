"""The page's style sheet; colours are variables of the palette."""

STYLE = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",
"Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums lining-nums;overflow-wrap:break-word}
header,main,footer{max-width:1520px;margin:0 auto;padding:0 clamp(16px,3vw,40px)}
h1,h2,h3,h4,p,ul,dl,dd{margin:0;padding:0}
a{color:var(--accent);text-underline-offset:3px}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-99em}
.skip:focus{left:16px;top:8px;background:var(--card);padding:6px 12px;z-index:1}
header{padding-top:clamp(20px,4vw,44px);padding-bottom:22px}
.eyebrow,.when{color:var(--muted);font-size:14px}
.eyebrow b{color:var(--ink);font-weight:600}
h1{display:flex;align-items:center;gap:.45em;font-size:clamp(26px,4.2vw,40px);line-height:1.15;letter-spacing:-.02em;
font-weight:650;margin:6px 0 8px}
.sign{flex:none;display:grid;place-items:center;width:1.15em;height:1.15em;border-radius:50%;color:var(--card);
font-size:.72em;
font-weight:700;line-height:1}
.good .sign{background:var(--good)}.fair .sign{background:var(--fair)}.bad .sign{background:var(--bad)}
.idle .sign{background:var(--idle)}
.sentence{font-size:clamp(16px,1.5vw,18px);max-width:62ch}
.when{margin-top:4px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 22px;list-style:none;margin-top:14px;font-size:14px}
nav a{display:inline-block;padding:4px 0}
.tiles{display:flex;flex-wrap:wrap;gap:1px;background:var(--rule);
border:1px solid var(--rule);border-radius:10px;overflow:hidden}
.tile{flex:1 1 140px;background:var(--card);padding:14px 16px 12px}
.tile dt{display:flex;align-items:center;gap:8px;color:var(--muted);font-size:13px}
.tile i,.legend i{flex:none;width:10px;height:10px;border-radius:3px}
.tile b{display:block;font-size:26px;line-height:1.25;font-weight:600;letter-spacing:-.01em}
.tile span{display:block;font-size:13px;line-height:1.4}
.since,.unit{color:var(--muted)}
section{padding-top:36px;scroll-margin-top:8px}
h2{font-size:20px;line-height:1.3;font-weight:650;letter-spacing:-.01em;margin-bottom:14px}
.grid{display:grid;grid-template-columns:minmax(0,1fr);gap:16px}
.card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:18px 20px;min-width:0;
container-type:inline-size}
h3{font-size:16px;line-height:1.35;font-weight:600}
h4{font-size:14px;font-weight:600;margin:16px 0 4px}
.card>.unit{font-size:13px;margin-bottom:8px}
.note{color:var(--muted);font-size:14px;margin-top:8px;max-width:75ch}
.figure{font-size:14px;color:var(--muted);margin:6px 0 10px}.figure b{font-size:24px;color:var(--ink);
font-weight:600;margin-right:4px}
.chart{margin-top:6px}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{font-family:inherit}
svg.narrow{max-width:440px}svg.wide{max-width:1040px}
.both .wide{display:none}
@container (min-width:520px){.both .wide{display:block}.both .narrow{display:none}}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;list-style:none;font-size:13px;margin:6px 0}
.legend li{display:flex;align-items:center;gap:7px}
details{margin-top:10px;font-size:14px}
summary{cursor:pointer;color:var(--accent);padding:3px 0;width:fit-content}
.scroll{overflow-x:auto;max-width:100%;margin-top:6px}
details>.scroll{max-height:380px;overflow:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;vertical-align:top;padding:6px 14px 6px 0;border-bottom:1px solid var(--rule);font-weight:400}
tr:last-child>*{border-bottom:0}
thead th{color:var(--muted);font-size:13px;white-space:nowrap;vertical-align:bottom;border-bottom-color:var(--idle)}
th:last-child,td:last-child{padding-right:2px}
.n{text-align:right;white-space:nowrap}
tbody th{min-width:9em}
.name{overflow-wrap:anywhere}
.remark{display:block;color:var(--muted);font-size:13px;line-height:1.35}
.ranking tbody th{width:100%}
.bar{display:flex;height:5px;border-radius:3px;overflow:hidden;background:var(--rule);margin:5px 0 2px}
.bar i{display:block;height:100%;min-width:1px}
.stacked i{min-width:2px}
.ranking .stacked{height:12px}.ranking .stacked i+i{border-left:1px solid var(--card)}
.files tbody th{min-width:16em;width:34%}
.why{color:var(--muted);min-width:15em;font-size:13px}
.ranking tbody th{min-width:5.5em}
.ranking .n{padding-right:2px;padding-left:12px}
@container (max-width:519px){.stacks thead{position:absolute;clip-path:inset(50%)}
.stacks tr{display:block;padding:8px 0;
border-bottom:1px solid var(--rule)}
.stacks tr>*{display:block;border:0;padding:0}.stacks tbody th{font-weight:600}.stacks td{color:var(--muted)}
.files tbody th{min-width:11em}.files .why{min-width:36em}}
.none{color:var(--muted)}
.alerts{list-style:none;margin-top:8px}
.alerts li{padding:8px 12px;margin-top:6px;border-left:4px solid;background:var(--page);
border-radius:0 6px 6px 0;font-size:14px;overflow-wrap:anywhere}
.alerts .bad{border-color:var(--bad)}.alerts .fair{border-color:var(--fair)}
.alerts .bad b{color:var(--bad)}.alerts .fair b{color:var(--fair)}
footer{color:var(--muted);font-size:13px;padding-top:28px;padding-bottom:36px;overflow-wrap:anywhere}
@media (max-width:480px){header,main,footer{padding-left:12px;padding-right:12px}.card{padding:14px}.grid{gap:12px}}
@media (min-width:800px){.grid{grid-template-columns:repeat(12,minmax(0,1fr))}
.card{grid-column:span 12}.w3,.w4,.w6{grid-column:span 6}}
@media (min-width:1180px){.w4{grid-column:span 4}.w6{grid-column:span 6}.w8{grid-column:span 8}}
@media (min-width:1500px){.w3{grid-column:span 3}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@media (forced-colors:active){.bar i,.legend i,.tile i,.sign{forced-color-adjust:none}}
@page{size:A4;margin:14mm 12mm}
@media print{.bar,.bar i,.legend i,.tile i,.sign{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.tile{flex-basis:100px;padding:8px 10px}
body{background:none;font-size:10pt}.card,.tiles{break-inside:avoid;border-color:var(--rule)}
.card:has(.files){break-inside:auto}nav,.skip,summary{display:none}details:not([open]){display:none}
header,main,footer{max-width:none;padding-left:0;padding-right:0}h2,h3,h4{break-after:avoid}tr{break-inside:avoid}
.scroll{overflow:visible;max-height:none}section{padding-top:18px}
.grid{grid-template-columns:repeat(12,minmax(0,1fr))}.card{grid-column:span 12;padding:12px 14px}
.w3,.w4,.w6{grid-column:span 6}}
"""
