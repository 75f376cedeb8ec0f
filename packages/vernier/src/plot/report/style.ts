/** The report's looks. Colours are variables, set by the page for light, dark and print. */
export const STYLE = `
*{box-sizing:border-box}
html{background:var(--page);color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
body{margin:0 auto;max-width:1320px;padding:24px 20px 40px}
h1{font-size:24px;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:15px;margin:0 0 6px}
p{margin:0 0 8px}
small,.hint,.facts,footer{color:var(--muted)}
small{font-weight:400}
.hint{font-size:12.5px}
.facts b{color:var(--ink)}
.tag{border:1px solid var(--grid);border-radius:9px;padding:1px 8px;overflow-wrap:anywhere}
.note{white-space:pre-wrap;overflow-wrap:anywhere}
main{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:16px;margin-top:16px}
.card{background:var(--bg);border:1px solid var(--grid);border-radius:8px;padding:14px 16px;min-width:0}
.wide,.status{grid-column:1/-1}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;background:var(--bg);padding:6px 10px;z-index:9}
.status{position:sticky;top:0;z-index:4;background:var(--page);padding:6px 2px;min-height:34px;display:flex;flex-wrap:wrap;gap:6px;align-items:center}
.status button,.tools button{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--axis);border-radius:12px;padding:1px 10px;cursor:pointer;max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.more{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--axis);border-radius:5px;padding:4px 12px;margin-top:8px;cursor:pointer}
summary{cursor:pointer;color:var(--muted);padding:6px 0}
.bars{border-collapse:collapse;width:100%;margin-bottom:8px;table-layout:fixed}
.bars th{font-weight:400;text-align:left;overflow-wrap:anywhere;width:36%;padding:3px 10px 3px 0}
.bars td{white-space:nowrap;padding:3px 0;text-align:right;width:52px}
.bars .bar{width:auto}
.bars .hint{width:104px}
.bars i{display:block;height:13px;border-radius:2px;background:var(--c1)}
.facts-table{border-collapse:collapse;width:100%}
.facts-table th{text-align:left;font-weight:400;overflow-wrap:anywhere}
.facts-table thead th{font-weight:600}
.facts-table th,.facts-table td{padding:3px 8px 3px 0;border-bottom:1px solid var(--grid);vertical-align:top}
.facts-table td,.facts-table thead th+th{text-align:right;overflow-wrap:anywhere;min-width:92px}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:12.5px;color:var(--muted);margin:0 0 4px}
.legend i{display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:5px;vertical-align:-1px}
.legend .ramp{width:60px;border-radius:2px;background:linear-gradient(90deg,var(--q1),var(--q5),var(--q9))}
.facts-table .changed td:nth-of-type(1){font-weight:600}
.facts-table tbody+tbody tr:first-child>*{border-top:2px solid var(--axis)}
.scroll{overflow-x:auto}
.plot{position:relative;min-height:40px}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(260px,1fr));gap:10px}
.grid>div{position:relative}
canvas{display:block;width:100%;touch-action:pan-y}
.axis{position:absolute;border:0;background:none;padding:0;cursor:ns-resize;touch-action:none}
.axis:focus-visible,button:focus-visible,input:focus-visible,.rows:focus-visible{outline:2px solid var(--c1);outline-offset:1px}
.tip{position:absolute;pointer-events:none;background:var(--bg);border:1px solid var(--axis);border-radius:5px;padding:4px 8px;font-size:12px;white-space:pre;z-index:5;box-shadow:0 2px 8px #0003;max-width:320px;overflow:hidden;text-overflow:ellipsis}
.tools{display:flex;flex-wrap:wrap;gap:8px 16px;align-items:center;margin-bottom:8px}
.tools input[type=search]{font:inherit;width:min(420px,60vw);padding:4px 8px;border:1px solid var(--axis);border-radius:5px;background:var(--bg);color:inherit}
.tools input[aria-invalid=true]{border-color:var(--c2)}
.bad{color:var(--c2);white-space:pre-wrap}
.rows{overflow:auto;max-height:min(640px,80vh);border:1px solid var(--grid);border-radius:5px}
.rows table{border-collapse:separate;border-spacing:0;font-size:12.5px;min-width:100%}
.rows th,.rows td{height:26px;padding:0 10px;text-align:right;white-space:nowrap;max-width:220px;overflow:hidden;text-overflow:ellipsis;border-bottom:1px solid var(--grid)}
.rows thead th{position:sticky;top:0;background:var(--bg);z-index:1;border-bottom:1px solid var(--axis)}
.rows thead button{font:inherit;font-weight:600;color:inherit;border:0;background:none;padding:0;cursor:pointer;max-width:200px;overflow:hidden;text-overflow:ellipsis}
.rows td.text{text-align:left}
.rows tbody tr{cursor:pointer}
.rows tbody tr:hover{background:var(--hover)}
.rows tbody tr.focus{background:var(--hover);box-shadow:inset 3px 0 var(--c2)}
.rows tr.pad td{height:auto;padding:0;border:0}
.rows .member{color:var(--c2);font-weight:600}
#detail{position:fixed;right:16px;bottom:16px;width:min(360px,calc(100vw - 32px));max-height:70vh;overflow:auto;z-index:6;box-shadow:0 6px 24px #0004}
#detail[hidden]{display:none}
#detail .close{float:right;font:inherit;color:inherit;background:none;border:1px solid var(--axis);border-radius:4px;cursor:pointer}
footer{margin-top:18px;font-size:12.5px}
@media (max-width:480px){.bars .hint{display:none}}
@media (max-width:760px){body{padding:14px 10px 32px}main{grid-template-columns:minmax(0,1fr);gap:12px}.card{padding:12px}}
@media print{
html{font-size:11px}body{max-width:none;padding:0}
.tools,.status,.skip,.more,#detail,#s-parallel .hint{display:none}
.card{break-inside:avoid;border:0;padding:6px 0}#table{break-inside:auto}
.rows{max-height:none;overflow:visible;border:0}.rows thead th{position:static}
.rows table{font-size:8px}.rows th,.rows td{height:auto;padding:1px 4px;max-width:90px}
}
`;
