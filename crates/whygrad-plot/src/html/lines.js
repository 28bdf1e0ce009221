// Curves tell their values: under the pointer, and by the arrow keys.
"use strict";
let isFirst = true;
for (const box of document.querySelectorAll(".lines")) {
  const data = JSON.parse(box.querySelector("script").textContent);
  const drawings = [...box.querySelectorAll(".drawing")];
  const series = data.series.filter((one) => one.points.length > 0);
  if (series.length === 0) continue;

  // Where all curves run to the right, a place is a value of x; else it is a point of one of them.
  const rises = series.every((one) => one.points.every((p, i, all) => i === 0 || all[i - 1][0] <= p[0]));
  const stops = rises
    ? [...new Set(series.flatMap((one) => one.points.map((p) => p[0])))].sort((a, b) => a - b)
    : series.flatMap((one) => one.points.map((p) => ({ one, p })));
  let stop = -1;

  const reading = document.createElement("p");
  reading.className = "reading";
  reading.setAttribute("aria-live", "polite");
  // Said once on a page.
  const hint = isFirst ? "Point at a curve, touch it, or choose it and press the arrow keys, to read values." : "";
  isFirst = false;
  reading.textContent = hint;
  drawings[drawings.length - 1].after(reading);

  const text = (value) => String(Number(value.toPrecision(4))).replace("-", "\u2212");
  const named = (x) => data.names[x] ?? `${data.x || "x"} ${Number.isInteger(x) ? String(x).replace("-", "\u2212") : text(x)}`;

  // The point of a curve nearest to a place.
  function at(points, x) {
    let low = 0, high = points.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (points[middle][0] <= x) low = middle; else high = middle;
    }
    return Math.abs(points[low][0] - x) <= Math.abs(points[high][0] - x) ? points[low] : points[high];
  }

  // The points that stand at a stop, each with its curve.
  const shown = (index) => rises
    ? series.map((one) => ({ one, p: at(one.points, stops[index]) }))
        .filter(({ p }) => near(p[0], stops[index]))
    : [stops[index]];

  // Curves are thinned: what lies within a hundredth of the axis is the same place.
  function near(a, b) {
    const [low, high, log] = JSON.parse(drawings[0].dataset.x);
    return Math.abs(share(a, low, high, log) - share(b, low, high, log)) <= 0.01;
  }

  function share(value, low, high, log) {
    return log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
  }

  function place(drawing, p) {
    const [left, top, width, height] = JSON.parse(drawing.dataset.frame);
    const x = share(p[0], ...JSON.parse(drawing.dataset.x)), y = share(p[1], ...JSON.parse(drawing.dataset.y));
    return [left + x * width, top + (1 - y) * height];
  }

  function show(index) {
    stop = index;
    for (const drawing of drawings) drawing.querySelector(".cursor")?.remove();
    if (index < 0) { reading.textContent = hint; return; }
    const points = shown(index);
    const x = rises ? stops[index] : points[0].p[0];
    reading.textContent = `${named(x)}: ` + points.map(({ one, p }) => `${one.name || "value"} ${text(p[1])}`).join(", ");
    for (const drawing of drawings) {
      const cursor = document.createElementNS("http://www.w3.org/2000/svg", "g");
      cursor.setAttribute("class", "cursor");
      const [, top, , height] = JSON.parse(drawing.dataset.frame);
      const add = (name, attributes) => {
        const element = document.createElementNS("http://www.w3.org/2000/svg", name);
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
        cursor.append(element);
      };
      const [across] = place(drawing, [x, points[0].p[1]]);
      add("line", { x1: across, x2: across, y1: top, y2: top + height, stroke: "var(--faint)" });
      for (const { p } of points) {
        const [cx, cy] = place(drawing, p);
        if (Number.isFinite(cy)) add("circle", { cx, cy, r: 4.5, fill: "var(--paper)", stroke: "var(--ink)", "stroke-width": 2 });
      }
      [...drawing.querySelectorAll("svg")].forEach((svg, i) => svg.append(i === 0 ? cursor : cursor.cloneNode(true)));
    }
  }

  function nearest(drawing, event) {
    const svg = [...drawing.querySelectorAll("svg")].find((one) => one.clientWidth > 0 || one.getBoundingClientRect().width > 0);
    const box = svg.getBoundingClientRect(), view = svg.viewBox.baseVal;
    const x = (event.clientX - box.left) * view.width / box.width, y = (event.clientY - box.top) * view.height / box.height;
    let best = 0, least = Infinity;
    stops.forEach((one, index) => {
      const [px, py] = place(drawing, rises ? [one, 1] : one.p);
      const away = rises ? Math.abs(px - x) : Math.hypot(px - x, py - y);
      if (away < least) [best, least] = [index, away];
    });
    return best;
  }

  for (const drawing of drawings) {
    drawing.tabIndex = 0;
    drawing.setAttribute("role", "group");
    drawing.setAttribute("aria-label", "Values of the curves: arrow keys, Home and End move, Escape leaves");
    drawing.addEventListener("pointermove", (event) => show(nearest(drawing, event)));
    drawing.addEventListener("pointerdown", (event) => show(nearest(drawing, event)));
    drawing.addEventListener("keydown", (event) => {
      const last = stops.length - 1, page = Math.max(1, Math.round(last / 20));
      const next = {
        ArrowRight: stop + 1, ArrowLeft: stop < 0 ? last : stop - 1, PageDown: stop + page, PageUp: stop - page,
        Home: 0, End: last, Escape: -1,
      }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      show(event.key === "Escape" ? -1 : Math.min(last, Math.max(0, next)));
    });
  }

  if (box.querySelector(".second")) {
    const button = document.createElement("button");
    const [first, second] = drawings[0].dataset.y.endsWith("true]")
      ? ["logarithmic", "linear"] : ["linear", "logarithmic"];
    button.textContent = `Axis upwards ${second}`;
    button.setAttribute("aria-pressed", "false");
    button.title = `now ${first}`;
    button.addEventListener("click", () => {
      const is = box.classList.toggle("switched");
      button.setAttribute("aria-pressed", is);
      button.title = `now ${is ? second : first}`;
    });
    const row = document.createElement("div");
    row.className = "buttons";
    row.append(button);
    reading.after(row);
  }
}
