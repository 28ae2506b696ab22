/** Style of the reference page; follows the reader's choice of light or dark. */
export const STYLE = `
:root{color-scheme:light dark;--text:#1d2733;--soft:#5b6b7c;--line:#dde3ea;--back:#fff;--panel:#f5f7fa;--link:#0b5cad}
@media(prefers-color-scheme:dark){:root{--text:#e3e9f0;--soft:#9aabbd;--line:#2c3845;--back:#141b23;--panel:#1b242e;--link:#7ab8ff}}
*{box-sizing:border-box}html{scroll-behavior:smooth;scroll-padding-top:1rem}
body{margin:0;font:15px/1.55 system-ui,sans-serif;color:var(--text);background:var(--back);display:grid;grid-template-columns:19rem 1fr}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.2rem;background:var(--panel);border-right:1px solid var(--line)}
nav h1{font-size:1.2rem;margin:0 0 .8rem}nav h3{margin:1.1rem 0 .3rem;font-size:.75rem;text-transform:uppercase;letter-spacing:.08em;color:var(--soft)}
nav ul{list-style:none;margin:0;padding:0}nav li a{display:block;padding:.15rem 0;font-size:.8rem;color:var(--text);text-decoration:none;overflow-wrap:anywhere}
nav li a:hover{color:var(--link)}input{width:100%;padding:.45rem .6rem;border:1px solid var(--line);border-radius:6px;background:var(--back);color:var(--text);font:inherit}
main{padding:1.5rem 2.2rem 5rem;max-width:60rem;min-width:0}small{color:var(--soft);font-weight:400}a{color:var(--link)}
h2{margin:2.2rem 0 .2rem;font-size:1.35rem;text-transform:capitalize}h3{font-size:1rem}h4{margin:1rem 0 .3rem;font-size:.85rem;color:var(--soft)}
article{border:1px solid var(--line);border-radius:10px;padding:.2rem 1.2rem 1rem;margin:1rem 0}article[hidden],li[hidden]{display:none}
code,pre{font:13px/1.5 ui-monospace,monospace}pre{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:.7rem .9rem;overflow:auto;margin:.4rem 0}
dl{margin:0}dt{margin-top:.3rem}dd{margin:0 0 0 1.2rem;color:var(--soft)}details,.answer{margin:.35rem 0}summary{cursor:pointer;overflow-wrap:anywhere}
b.get,b.head,b.post,b.put,b.delete{display:inline-block;min-width:3.6rem;text-align:center;border-radius:5px;padding:.05rem .35rem;font-size:.7rem;text-transform:uppercase;color:#fff}
b.get{background:#2563a8}b.head{background:#5b6b7c}b.post{background:#2b7a4b}b.put{background:#9a5b00}b.delete{background:#b3363b}
nav b{min-width:3.1rem!important;font-size:.6rem!important}b.good{color:#2b7a4b}b.bad{color:#b3363b}
@media(prefers-color-scheme:dark){b.good{color:#6fce97}b.bad{color:#ff8f93}}
@media(max-width:50rem){body{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line)}main{padding:1rem}}
`;
