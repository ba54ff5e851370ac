
"use strict";
const get = id => document.getElementById(id);
const SIZE = 500, CHOICES = ["system", "label", "kind"], CLASSES = ["", "what", "field", "before", "after", "label", "place"];
const every = JSON.parse(get("rows").textContent).map(row => ({
  choice: row.slice(0, 3), tone: row[3], cells: row.slice(4), text: row.slice(4).join("\n").toLowerCase() }));
let found = every, from = 0;

function line(row) {
  const tr = document.createElement("tr");
  tr.className = row.tone;
  row.cells.forEach((text, column) => {
    const cell = document.createElement(column ? "td" : "th");
    if (column) cell.className = CLASSES[column]; else cell.scope = "row";
    cell.textContent = text;
    tr.append(cell);
  });
  return tr;
}

function show() {
  get("body").replaceChildren(...found.slice(from, from + SIZE).map(line));
  const to = Math.min(from + SIZE, found.length), of = found.length === every.length ? "" : ` (${every.length} in all)`;
  const part = found.length > SIZE ? `Rows ${from + 1} to ${to} of ${found.length}` : `${found.length} ${found.length === 1 ? "row" : "rows"}`;
  get("count").textContent = part + of;
  get("pages").hidden = found.length <= SIZE;
  get("back").disabled = from === 0;
  get("on").disabled = to === found.length;
}

function choose() {
  const words = get("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const chosen = CHOICES.map(id => get(id).value);
  found = every.filter(row => chosen.every((value, at) => !value || row.choice[at] === value) &&
    words.every(word => row.text.includes(word)));
  from = 0;
  show();
}

function turn(step) {
  from += step;
  show();
  scrollTo(0, get("what").offsetTop);
}

get("filters").hidden = false;
get("filters").addEventListener("submit", event => event.preventDefault());
get("words").addEventListener("input", choose);
CHOICES.forEach(id => get(id).addEventListener("change", choose));
get("back").addEventListener("click", () => turn(-SIZE));
get("on").addEventListener("click", () => turn(SIZE));
choose();
