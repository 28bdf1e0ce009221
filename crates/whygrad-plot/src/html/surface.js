// Landscapes turn: by mouse, touch and keys. Far pieces are drawn first, so that near ones hide them.
"use strict";
for (const box of document.querySelectorAll(".surface")) {
  const data = JSON.parse(box.querySelector("script").textContent);
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
  const home = { turn: data.turn, tilt: data.tilt, zoom: 1 }, view = { ...home };
  const FLAT = 0.62; // The height of the landscape as a share of its width.
  let size = { width: 0, height: 0 };

  // Places in 0..1 become [right, up, away], seen from the eye.
  function project([x, y, z]) {
    const turn = view.turn * Math.PI / 180, tilt = view.tilt * Math.PI / 180;
    const [cx, cy, cz] = [(x - 0.5) * data.size[0], (y - 0.5) * data.size[1], (z - 0.5) * FLAT];
    const right = cx * Math.cos(turn) - cy * Math.sin(turn), away = cx * Math.sin(turn) + cy * Math.cos(turn);
    return [right, cz * Math.cos(tilt) + away * Math.sin(tilt), away * Math.cos(tilt) - cz * Math.sin(tilt)];
  }

  function screen(place) {
    const [right, up, away] = project(place);
    const across = Math.hypot(...data.size), tilt = view.tilt * Math.PI / 180;
    const high = FLAT * Math.cos(tilt) + across * Math.sin(tilt);
    const unit = view.zoom * Math.min((size.width - 90) / across, (size.height - 70) / high);
    return [size.width / 2 + right * unit, size.height / 2 - 4 - up * unit, away];
  }

  const colour = (place) => data.colours[Math.round(Math.min(1, Math.max(0, place)) * (data.colours.length - 1))];

  // All pieces of the picture with how far away they are.
  function pieces() {
    const list = [], { columns, rows, heights } = data;
    const corner = (c, r) => [c / (columns - 1), r / (rows - 1), heights[r * columns + c]];
    for (let r = 0; r + 1 < rows; r++) {
      for (let c = 0; c + 1 < columns; c++) {
        const corners = [corner(c, r), corner(c + 1, r), corner(c + 1, r + 1), corner(c, r + 1)];
        if (corners.some((one) => one[2] === null)) continue;
        const on = corners.map(screen), mean = (k, of) => of.reduce((sum, one) => sum + one[k], 0) / 4;
        list.push({ away: mean(2, on), draw: () => quad(on, colour(mean(2, corners))) });
      }
    }
    // What lies on the surface is a little nearer than the surface.
    const cell = 1.2 / Math.max(columns, rows);
    // A white edge lies behind the line, or that of one piece would cover the piece before it.
    const line = (from, to, style) => {
      const [a, b] = [screen(from), screen(to)], away = (a[2] + b[2]) / 2 - cell;
      if (style.edge) list.push({ away, draw: () => stroke(a, b, { ...style, colour: "#fff", width: style.width + 2 }) });
      list.push({ away: away - cell, draw: () => stroke(a, b, style) });
    };
    if (data.level !== null) {
      for (const [x1, y1, x2, y2] of data.border) {
        line([x1, y1, data.level], [x2, y2, data.level], { colour: "#fff", width: 2.5 });
      }
    }
    for (const path of data.paths) {
      for (const part of path.parts) {
        part.forEach((p, i) => {
          if (i === 0 || (path.border && i % 2 === 0)) return;
          line(part[i - 1], p, { colour: "#111", width: 2.5, alpha: 1 - 0.7 * p[3], edge: true });
        });
      }
    }
    for (const [x, y, z, kind, small] of data.points) {
      const at = screen([x, y, z]), [fill, rim] = kind === 1 ? ["#111", "#fff"] : ["#fff", "#111"];
      const draw = () => { dot(at, fill, rim, small ? 3 : 4.5); if (kind === 2) half(at, small ? 3 : 4.5); };
      list.push({ away: at[2] - 2 * cell, draw });
    }
    for (const [x, y, z, label] of data.spots) {
      const at = screen([x, y, z]);
      list.push({ away: at[2] - 2 * cell, draw: () => dot(at, "#fff", "#111") });
    }
    return list.sort((a, b) => b.away - a.away);
  }

  function quad(corners, fill) {
    pen.beginPath();
    corners.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
    pen.closePath();
    pen.fillStyle = fill;
    pen.fill();
    pen.strokeStyle = "rgba(0, 0, 0, 0.28)";
    pen.lineWidth = 0.5;
    pen.stroke();
  }

  function stroke(a, b, { colour, width, alpha = 1 }) {
    pen.globalAlpha = alpha;
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.lineCap = alpha < 1 ? "butt" : "round";
    pen.beginPath();
    pen.moveTo(a[0], a[1]);
    pen.lineTo(b[0], b[1]);
    pen.stroke();
    pen.globalAlpha = 1;
  }

  function half([x, y], radius) {
    pen.beginPath();
    pen.arc(x, y, radius, Math.PI / 2, 1.5 * Math.PI);
    pen.fillStyle = "#111";
    pen.fill();
  }

  function dot([x, y], fill, edge, radius = 4.5) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fillStyle = fill;
    pen.fill();
    pen.strokeStyle = edge;
    pen.lineWidth = 1.5;
    pen.stroke();
  }

  // Names stand above everything, and one below the other where they would meet.
  function names() {
    const written = [];
    for (const [x, y, z, text] of data.spots) {
      const [right, up] = screen([x, y, z]), wide = pen.measureText(text).width;
      const left = Math.max(4, Math.min(right + 8, size.width - wide - 4));
      let middle = up - 8;
      while (written.some((one) => one.left < left + wide && left < one.left + one.wide && Math.abs(one.middle - middle) < 15)) middle += 3;
      written.push({ left, wide, middle });
      label(text, left, middle, "left");
    }
  }

  function label(text, x, y, align) {
    pen.textAlign = align;
    pen.textBaseline = "middle";
    pen.lineWidth = 3;
    pen.lineJoin = "round";
    pen.strokeStyle = ink("--paper");
    pen.strokeText(text, x, y);
    pen.fillStyle = ink("--ink");
    pen.fillText(text, x, y);
  }

  const ink = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

  // The floor, and the three edges that the eye sees nearest or outermost, with their numbers.
  function axes() {
    const grey = { colour: ink("--faint"), width: 1 };
    const floor = [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]];
    floor.forEach((from, i) => stroke(screen(from), screen(floor[(i + 1) % 4]), grey));
    const away = (place) => project(place)[2];
    const side = { x: away([0.5, 0, 0]) < away([0.5, 1, 0]) ? 0 : 1, y: away([0, 0.5, 0]) < away([1, 0.5, 0]) ? 0 : 1 };
    const left = floor.reduce((best, one) => (screen(one)[0] < screen(best)[0] ? one : best));
    const middle = screen([0.5, 0.5, 0]);
    const isHigh = view.tilt < 75;
    const write = (axis, at, out, last) => {
      for (const [place, text] of axis.ticks) {
        // Where two axes meet, the numbers of one have the room.
        const meets = (other) => Math.hypot(at(place)[0] - other[0], at(place)[1] - other[1]) < 0.06;
        if (!last && (isHigh && meets(left) || axis === data.y && meets([side.y, side.x]))) continue;
        const on = screen(at(place)), end = out(on, 5), word = out(on, 16);
        stroke(on, end, grey);
        label(text, word[0], word[1], last ? "right" : "center");
      }
      if (last) return;
      // The name stands clear of the numbers, however wide both are.
      const on = screen(at(0.5)), way = out(on, 1), [dx, dy] = [Math.abs(way[0] - on[0]), Math.abs(way[1] - on[1])];
      const numbers = Math.max(0, ...axis.ticks.map(([, text]) => pen.measureText(text).width));
      const wide = pen.measureText(axis.label).width;
      const far = 20 + Math.min((numbers + wide) / 2 / Math.max(dx, 0.01), 15 / Math.max(dy, 0.01));
      const [x, y] = out(on, far);
      label(axis.label, Math.max(wide / 2 + 2, Math.min(size.width - wide / 2 - 2, x)), y, "center");
    };
    const outward = (on, far) => {
      const [dx, dy] = [on[0] - middle[0], on[1] - middle[1]], length = Math.hypot(dx, dy) || 1;
      return [on[0] + dx / length * far, on[1] + dy / length * far];
    };
    write(data.x, (p) => [p, side.x, 0], outward, false);
    write(data.y, (p) => [side.y, p, 0], outward, false);
    if (isHigh) {
      stroke(screen(left), screen([left[0], left[1], 1]), grey);
      write(data.z, (p) => [left[0], left[1], p], (on, far) => [on[0] - far / 2, on[1]], true);
      const top = screen([left[0], left[1], 1]);
      label(data.z.label, Math.max(4, top[0] - 20), top[1] - 14, "left");
    }
  }

  let waits = false;
  function draw() {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      const fine = window.devicePixelRatio || 1;
      const width = canvas.clientWidth, height = Math.round(Math.min(width * 0.8, 460));
      canvas.style.height = `${height}px`;
      canvas.width = Math.round(width * fine);
      canvas.height = Math.round(height * fine);
      size = { width, height };
      pen.setTransform(fine, 0, 0, fine, 0, 0);
      pen.font = "13px system-ui, sans-serif";
      pen.clearRect(0, 0, width, height);
      axes();
      for (const piece of pieces()) piece.draw();
      names();
    });
  }

  const told = document.createElement("p");
  told.className = "unseen";
  told.setAttribute("aria-live", "polite");
  function move(turn, tilt, zoom = 1) {
    view.turn = (((view.turn + turn) % 360) + 360) % 360;
    view.tilt = Math.min(85, Math.max(5, view.tilt + tilt));
    view.zoom = Math.min(4, Math.max(0.5, view.zoom * zoom));
    draw();
  }
  const tell = () => { told.textContent = `Turned ${Math.round(view.turn)} degrees, seen from ${Math.round(view.tilt)} degrees above.`; };
  const reset = () => { Object.assign(view, home); draw(); };

  const KEYS = {
    ArrowLeft: () => move(-5, 0), ArrowRight: () => move(5, 0), ArrowUp: () => move(0, 5), ArrowDown: () => move(0, -5),
    "+": () => move(0, 0, 1.15), "=": () => move(0, 0, 1.15), "-": () => move(0, 0, 1 / 1.15), Home: reset,
  };
  canvas.addEventListener("keydown", (event) => {
    if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    KEYS[event.key]();
    tell();
  });

  // One finger or the mouse turns, two fingers zoom.
  const fingers = new Map();
  const spread = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a.x - b.x, a.y - b.y); };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  canvas.addEventListener("pointermove", (event) => {
    const finger = fingers.get(event.pointerId);
    if (!finger) return;
    const before = fingers.size === 2 ? spread() : 0;
    const [dx, dy] = [event.clientX - finger.x, event.clientY - finger.y];
    [finger.x, finger.y] = [event.clientX, event.clientY];
    if (fingers.size === 1) move(dx * 0.5, dy * 0.5);
    else if (fingers.size === 2 && before > 0) move(0, 0, spread() / before);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => { if (fingers.delete(event.pointerId)) tell(); });
  }

  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${data.title || "Landscape"}. Arrow keys turn and tilt it, plus and minus zoom, Home goes back.`);
  const buttons = document.createElement("div");
  buttons.className = "buttons";
  for (const [sign, name, key] of [["\u2190", "Turn left", "ArrowLeft"], ["\u2192", "Turn right", "ArrowRight"],
    ["\u2191", "From above", "ArrowUp"], ["\u2193", "From the side", "ArrowDown"], ["+", "Nearer", "+"],
    ["\u2212", "Farther", "-"], ["Reset", "As at first", "Home"]]) {
    const button = document.createElement("button");
    button.textContent = sign;
    button.setAttribute("aria-label", name);
    button.title = name;
    button.addEventListener("click", () => { KEYS[key](); tell(); });
    buttons.append(button);
  }
  const title = document.createElement("p"), legend = document.createElement("p");
  title.className = "title";
  title.textContent = data.title;
  legend.className = "reading";
  legend.textContent = data.legend;
  box.append(title, canvas, legend, buttons, told);
  box.classList.add("turning");
  new ResizeObserver(draw).observe(canvas);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
}
