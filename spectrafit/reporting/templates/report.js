
"use strict";
(() => {
  const charts = JSON.parse(document.getElementById("curves").textContent);
  const space = document.getElementById("seed").namespaceURI;
  const shapes = {
    o: (r) => `m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`, s: (r) => `m${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
    D: (r) => `m0 ${-1.3 * r}l${1.3 * r} ${1.3 * r}l${-1.3 * r} ${1.3 * r}l${-1.3 * r} ${-1.3 * r}z`, P: (r) => `m${-1.2 * r} 0h${2.4 * r}m${-1.2 * r} ${-1.2 * r}v${2.4 * r}`,
    "^": (r) => `m0 ${-1.2 * r}l${1.2 * r} ${2 * r}h${-2.4 * r}z`, v: (r) => `m0 ${1.2 * r}l${1.2 * r} ${-2 * r}h${-2.4 * r}z`,
  };
  const draw = (parent, name, attributes, text) => {
    const element = document.createElementNS(space, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    return parent.appendChild(element);
  };
  const number = (value, step) => {
    const size = Math.abs(value);
    if (size && (size >= 1e6 || Math.abs(step) < 1e-5)) return value.toPrecision(3).replace("-", "−");
    const digits = Math.max(0, Math.min(8, Math.ceil(-Math.log10(Math.abs(step) || 1) - 1e-9)));
    return (size < Math.abs(step) / 1e3 ? 0 : value).toFixed(digits).replace("-", "−");
  };
  const ticks = (low, high, most, least = 0) => {
    const raw = Math.max(least, (high - low) / Math.max(1, most)), power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999) * power;
    const values = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) values.push(i * step);
    return { step, values };
  };
  // The points of a curve in pixels as one path; a missing number breaks the line.
  const path = (x, y, px, py) => {
    let text = "", pen = "M";
    y.forEach((value, i) => {
      if (value === null || x[i] === null) { pen = "M"; return; }
      text += `${pen}${px(x[i]).toFixed(2)} ${py(value).toFixed(2)}`;
      pen = "L";
    });
    return text;
  };
  const closed = (x, upper, lower, px, py) => {
    const keep = upper.map((value, i) => i).filter((i) => x[i] !== null && upper[i] !== null && lower[i] !== null);
    const points = [...keep.map((i) => [x[i], upper[i]]), ...keep.reverse().map((i) => [x[i], lower[i]])];
    return points.length ? "M" + points.map(([a, b]) => `${px(a).toFixed(2)} ${py(b).toFixed(2)}`).join("L") + "Z" : "";
  };
  const add = (values, other, sign) => values.map((value, i) => (value === null || other[i] === null ? null : value + sign * other[i]));

  const show = (figure, chart) => {
    const plot = figure.querySelector(".plot"), legend = figure.querySelector(".legend"), readout = figure.querySelector(".readout");
    const all = chart.panels.flatMap((panel) => panel.traces);
    const name = (trace) => `${trace.kind} ${trace.label}`;
    const ends = (trace) => (trace.across ? [1, -1].flatMap((sign) => add(chart.xs[trace.x], trace.across, sign)) : []);
    const every = [...chart.xs.flat(), ...all.flatMap(ends)].filter((value) => value !== null);
    const least = every.reduce((a, b) => Math.min(a, b), Infinity), most = every.reduce((a, b) => Math.max(a, b), -Infinity);
    const pad = 0.02 * (most - least) || 0.5 * (Math.abs(least) || 1), whole = [least - pad, most + pad];
    const hidden = new Set();
    let range = whole, frames = [], px = null, back = null, cursors = [], band = null, start = null, place = -1, left = 0;

    const curve = (box, trace, py) => {
      const x = chart.xs[trace.x], y = trace.values;
      const group = draw(box, "g", { class: "trace", fill: "none", stroke: trace.colour, "stroke-width": 1.33 * trace.width });
      if (trace.sigma && trace.band) draw(group, "path", { d: closed(x, add(y, trace.sigma, 1), add(y, trace.sigma, -1), px, py), fill: trace.colour, "fill-opacity": 0.22, stroke: "none" });
      if (trace.sigma && !trace.band) draw(group, "path", { "stroke-width": 0.8, d: y.map((value, i) => (value === null || x[i] === null || trace.sigma[i] === null ? "" : `M${px(x[i]).toFixed(2)} ${py(value - trace.sigma[i]).toFixed(2)}V${py(value + trace.sigma[i]).toFixed(2)}`)).join("") });
      if (trace.across) draw(group, "path", { "stroke-width": 0.8, d: y.map((value, i) => (value === null || x[i] === null || trace.across[i] === null ? "" : `M${px(x[i] - trace.across[i]).toFixed(2)} ${py(value).toFixed(2)}H${px(x[i] + trace.across[i]).toFixed(2)}`)).join("") });
      if (trace.fill) draw(group, "path", { d: closed(x, y, trace.base || y.map(() => 0), px, py), fill: trace.colour, "fill-opacity": 0.16, stroke: "none" });
      if (trace.line) draw(group, "path", { d: path(x, y, px, py), "stroke-dasharray": trace.dash || "none", "stroke-linejoin": "round" });
      const shape = trace.marker && shapes[trace.marker](trace.size);
      if (trace.marker) draw(group, "path", { fill: "#fff", d: y.map((value, i) => (value === null || x[i] === null ? "" : `M${px(x[i]).toFixed(2)} ${py(value).toFixed(2)}${shape}`)).join("") });
    };

    // Lowest and highest y of what a panel shows in the range of x, with a margin.
    const span = (panel) => {
      let low = Infinity, high = -Infinity;
      const see = (value) => { if (value !== null) { low = Math.min(low, value); high = Math.max(high, value); } };
      panel.traces.filter((trace) => !hidden.has(name(trace))).forEach((trace) => trace.values.forEach((value, i) => {
        const x = chart.xs[trace.x][i];
        if (x === null || value === null || x < range[0] || x > range[1]) return;
        const spread = (trace.sigma && trace.sigma[i]) || 0;
        see(value - spread);
        see(value + spread);
        if (trace.fill) see(trace.base ? trace.base[i] : 0);
      }));
      if (!(low <= high)) return [0, 1];
      const margin = 0.07 * (high - low) || 0.5 * (Math.abs(low) || 1);
      return [low - margin, high + margin];
    };

    const paint = () => {
      const width = plot.clientWidth;
      if (!width) return;
      const right = chart.simulated ? 26 : 12, tall = Math.min(330, 0.62 * width);
      const scale = Math.max(tall / Math.max(...chart.panels.map((p) => p.height)), 92 / Math.min(...chart.panels.map((p) => p.height)));
      const spans = chart.panels.map((panel) => span(panel));
      const rises = spans.map(([low, high], row) => ticks(low, high, (chart.panels[row].height * scale) / 36));
      const words = rises.map((rise) => rise.values.map((value) => number(value, rise.step)));
      left = 34 + 6.6 * Math.max(...words.flat().map((word) => word.length));
      const wide = width - left - right;
      const height = 8 + chart.panels.reduce((sum, panel) => sum + panel.height * scale + 12, 0) + 34;
      const svg = draw(document.createElement("div"), "svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
      const [from, to] = chart.reverse ? [range[1], range[0]] : range; // what the left and right ends show
      px = (value) => ((value - from) / (to - from)) * wide;
      back = (pixel) => from + ((pixel - left) / wide) * (to - from);
      frames = []; cursors = [];
      const across = ticks(range[0], range[1], wide / 66, chart.whole ? 1 : 0);
      let top = 8;
      chart.panels.forEach((panel, row) => {
        const shown = panel.traces.filter((trace) => !hidden.has(name(trace))), [low, high] = spans[row];
        const size = panel.height * scale, py = (value) => size - ((value - low) / (high - low)) * size;
        const box = draw(svg, "svg", { x: left, y: top, width: wide, height: size, overflow: "hidden" });
        if (panel.zero) draw(box, "path", { d: `M0 ${py(0).toFixed(2)}H${wide}`, stroke: "#767676", "stroke-width": 0.7 });
        shown.filter((trace) => trace.marker).forEach((trace) => curve(box, trace, py));
        shown.filter((trace) => !trace.marker).forEach((trace) => curve(box, trace, py));
        cursors.push(draw(box, "path", { d: "", stroke: "#767676", "stroke-dasharray": "2 3", fill: "none" }));
        draw(svg, "rect", { x: left, y: top, width: wide, height: size, fill: "none", stroke: "#1a1a1a", "stroke-width": 0.8 });
        rises[row].values.forEach((value, i) => {
          draw(svg, "path", { d: `M${left} ${top + py(value)}h4`, stroke: "#1a1a1a", "stroke-width": 0.8 });
          draw(svg, "text", { x: left - 6, y: top + py(value) + 4, "text-anchor": "end" }, words[row][i]);
        });
        across.values.forEach((value) => {
          draw(svg, "path", { d: `M${left + px(value)} ${top + size}v-4`, stroke: "#1a1a1a", "stroke-width": 0.8 });
          if (row === chart.panels.length - 1) draw(svg, "text", { x: left + px(value), y: top + size + 17, "text-anchor": "middle" }, number(value, across.step));
        });
        const label = draw(svg, "text", { class: "label", transform: `translate(12 ${top + size / 2}) rotate(-90)`, "text-anchor": "middle" }, panel.y);
        if (panel.y.length * 6.4 > size + 8) { label.setAttribute("textLength", size + 4); label.setAttribute("lengthAdjust", "spacingAndGlyphs"); }
        if (!row && chart.simulated) draw(svg, "text", { class: "mark", transform: `translate(${width - 8} ${top + size / 2}) rotate(-90)`, "text-anchor": "middle" }, "simulated data");
        frames.push({ top, size, shown });
        top += size + 12;
      });
      draw(svg, "text", { class: "label", x: left + wide / 2, y: height - 6, "text-anchor": "middle" }, chart.x);
      band = draw(svg, "rect", { y: 8, height: top - 20, x: 0, width: 0, fill: "#005a8c", "fill-opacity": 0.12 });
      plot.replaceChildren(svg);
      reset.hidden = range === whole;
    };

    const read = (x, row) => {
      const frame = frames[row], found = [];
      let at = null;
      frame.shown.forEach((trace) => {
        const xs = chart.xs[trace.x];
        let best = -1;
        xs.forEach((value, i) => { if (value !== null && trace.values[i] !== null && (best < 0 || Math.abs(value - x) < Math.abs(xs[best] - x))) best = i; });
        if (best < 0) return;
        at = at === null ? xs[best] : at;
        const spread = trace.sigma && trace.sigma[best];
        found.push(`${trace.label} ${+trace.values[best].toPrecision(5)}${spread ? ` ± ${+spread.toPrecision(2)}` : ""}`);
      });
      if (at === null) return;
      readout.textContent = `${chart.x}: ${+at.toPrecision(8)}. ${chart.panels[row].y}: ${found.join("; ")}`;
      cursors.forEach((cursor, i) => cursor.setAttribute("d", `M${px(at)} 0V${frames[i].size}`));
    };
    const where = (event) => {
      const box = plot.getBoundingClientRect(), y = event.clientY - box.top;
      const row = frames.findIndex((frame) => y < frame.top + frame.size + 6);
      return { pixel: event.clientX - box.left, row: row < 0 ? frames.length - 1 : row };
    };
    plot.addEventListener("pointermove", (event) => {
      if (!frames.length) return;
      const { pixel, row } = where(event);
      read(back(pixel), row);
      if (start !== null) { band.setAttribute("x", Math.min(start, pixel)); band.setAttribute("width", Math.abs(pixel - start)); }
    });
    plot.addEventListener("pointerdown", (event) => { if (event.button === 0) { start = where(event).pixel; plot.setPointerCapture(event.pointerId); } });
    plot.addEventListener("pointercancel", () => { start = null; paint(); });
    plot.addEventListener("pointerup", (event) => {
      const end = where(event).pixel;
      if (start !== null && Math.abs(end - start) > 6) {
        const [low, high] = [back(start), back(end)].sort((a, b) => a - b);
        range = [Math.max(whole[0], low), Math.min(whole[1], high)];
      }
      start = null;
      if (!(range[1] > range[0])) range = whole;
      paint();
    });
    const unzoom = () => { range = whole; paint(); };
    plot.addEventListener("dblclick", unzoom);
    plot.addEventListener("keydown", (event) => {
      const step = (chart.reverse ? -1 : 1) * { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (event.key === "Escape") unzoom();
      const first = frames.length && (frames[0].shown[0] || all[0]);
      if (!step || !first) return;
      event.preventDefault();
      const xs = chart.xs[first.x];
      if (place < 0 && chart.reverse) place = xs.length; // the first step leads to the left end
      place = Math.max(0, Math.min(xs.length - 1, place + step));
      if (xs[place] !== null) read(xs[place], 0);
    });

    chart.legend.forEach(([row, column]) => {
      const trace = chart.panels[row].traces[column], button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      const key = draw(button, "svg", { width: 26, height: 12, "aria-hidden": "true" });
      if (trace.fill) draw(key, "rect", { width: 26, height: 12, fill: trace.colour, "fill-opacity": 0.16 });
      if (trace.line) draw(key, "path", { d: "M0 6H26", stroke: trace.colour, "stroke-width": 1.33 * trace.width, "stroke-dasharray": trace.dash || "none" });
      if (trace.marker) draw(key, "path", { d: `M13 6${shapes[trace.marker](trace.size)}`, stroke: trace.colour, fill: "#fff" });
      button.append(trace.label);
      button.addEventListener("click", () => {
        if (!hidden.delete(name(trace))) hidden.add(name(trace));
        button.setAttribute("aria-pressed", String(!hidden.has(name(trace))));
        paint();
      });
      legend.append(button);
    });
    const reset = document.createElement("button");
    reset.type = "button";
    reset.className = "reset";
    reset.textContent = "whole range";
    reset.addEventListener("click", unzoom);
    legend.append(reset);
    paint();
    let drawn = plot.clientWidth;
    new ResizeObserver(() => { if (plot.clientWidth !== drawn) { drawn = plot.clientWidth; paint(); } }).observe(plot);
  };

  document.querySelectorAll("figure.chart").forEach((figure) => {
    if (Object.hasOwn(charts, figure.dataset.stem)) show(figure, charts[figure.dataset.stem]);
  });
  const hint = document.querySelector(".readout");
  if (hint) hint.textContent = "Point at a curve to read it, drag to zoom, double-click for the whole range, press a name to hide its curve.";
  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
})();
