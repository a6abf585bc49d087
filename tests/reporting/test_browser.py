"""The page in a real browser: it draws its curves, and nothing foreign runs."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
from reporting.outcomes import HOSTILE, hostile_outcome, synthetic_outcome

from spectrafit.figures.cells import map_picture
from spectrafit.figures.look import legend_of
from spectrafit.heat_map import HeatMap, Mark
from spectrafit.panel import Chart, Panel
from spectrafit.reporting.content import report_document
from spectrafit.reporting.document import Document, Picture, Section
from spectrafit.reporting.figures import figure_stems
from spectrafit.reporting.html import html_text

Dom = Callable[[str], str]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

DRIVER = """
const plot = [...document.querySelectorAll("figure.chart")].find((f) => f.dataset.stem === "herfd-008K-preedge");
const at = (type, x, y) => {
  const box = plot.querySelector(".plot").getBoundingClientRect();
  plot.querySelector(".plot").dispatchEvent(new PointerEvent(type, { clientX: box.left + x, clientY: box.top + y, button: 0, pointerId: 1 }));
};
plot.querySelector(".plot").setPointerCapture = () => {};
const say = (name, value) => { document.body.dataset[name] = value; };
const curves = () => plot.querySelectorAll("g.trace").length;
say("curves", curves());
at("pointermove", 300, 100);
say("read", plot.querySelector(".readout").textContent);
const total = [...plot.querySelectorAll("button")].find((b) => b.textContent === "total");
total.click();
say("hidden", `${curves()} ${total.getAttribute("aria-pressed")}`);
total.click();
const whole = [...plot.querySelectorAll("text")].map((t) => t.textContent).join(" ");
at("pointerdown", 300, 60); at("pointermove", 400, 60); at("pointerup", 400, 60);
say("zoomed", String([...plot.querySelectorAll("text")].map((t) => t.textContent).join(" ") !== whole));
const reset = plot.querySelector(".reset");
say("offered", String(!reset.hidden));
reset.click();
say("back", String([...plot.querySelectorAll("text")].map((t) => t.textContent).join(" ") === whole));
plot.querySelector(".plot").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight" }));
say("key", plot.querySelector(".readout").textContent);
"""


@pytest.fixture
def dom(tmp_path: Path) -> Dom:
    """Return a function from a page's text to the document that a browser makes of it."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        pytest.skip("no Chromium here")

    def document(text: str) -> str:
        page = tmp_path / "page.html"
        page.write_text(text, encoding="utf-8")
        flags = (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--window-size=1280,900",
            "--dump-dom",
        )
        command = [browser, *flags, page.as_uri()]
        done = subprocess.run(command, capture_output=True, timeout=120, check=True)
        return done.stdout.decode("utf-8")

    return document


def page_of(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def drawn_curves(document: str) -> int:
    return len(re.findall(r'<g class="trace"[^>]*><path', document))


def test_the_script_draws_every_curve(report, dom):
    document = dom(page_of(report))
    charts = [one.chart for one in figure_stems(synthetic_outcome())]
    curves = sum(len(panel.traces) for chart in charts for panel in chart.panels)
    assert drawn_curves(document) == curves == 27
    assert ">7112</text>" in document
    assert ">simulated data</text>" in document
    assert document.count('aria-pressed="true"') == sum(len(legend_of(one)) for one in charts)


def test_no_hostile_name_runs_and_no_request_is_sent(hostile, dom):
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"http://127.0.0.1:{server.server_port}"
    # Even if a name did become markup, the policy would stop what it does.
    broken_in = (
        "<script>document.title = 'owned'</script>"
        "<img src=x onerror=\"document.title = 'owned'\">"
        f"<img src='{place}/img'><script src='{place}/js'></script>"
        f"<link rel=stylesheet href='{place}/css'><iframe src='{place}/frame'></iframe>"
    )
    try:
        document = dom(page_of(hostile).replace("</main>", f"{broken_in}</main>"))
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []
    title = re.search(r"<title>([^<]*)", document)
    assert title is not None
    assert title.group(1) != "owned"
    pictures = report_document(hostile_outcome()).pictures
    curves = sum(len(panel.traces) for one in pictures for panel in one.chart.panels)
    assert drawn_curves(document) == curves > len(HOSTILE)


def test_curves_can_be_read_hidden_and_zoomed(report, dom):
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page_of(report))
    document = dom(text.replace("</body>", f"<script>{DRIVER}</script></body>"))
    body = re.search(r"<body([^>]*)>", document)
    assert body is not None
    said = dict(re.findall(r'data-(\w+)="([^"]*)"', body.group(1)))
    assert said["curves"] == "8"
    assert re.match(r"energy / eV \(Fe foil 7111\.2 eV\): 71\d\d\.", said["read"])
    assert "normalised intensity: data" in said["read"]
    assert "± 0.0006" in said["read"]
    assert said["hidden"] == "6 false"  # the total leaves two panels
    assert (said["zoomed"], said["offered"], said["back"]) == ("true", "true", "true")
    assert said["key"].startswith("energy / eV (Fe foil 7111.2 eV): 7106.")


TURNED = """
const plot = [...document.querySelectorAll("figure.chart")].find((f) => f.dataset.stem === "herfd-008K-preedge");
const area = plot.querySelector(".plot");
const at = (type, x) => {
  const box = area.getBoundingClientRect();
  area.dispatchEvent(new PointerEvent(type, { clientX: box.left + x, clientY: box.top + 60, button: 0, pointerId: 1 }));
};
area.setPointerCapture = () => {};
const said = [];
const read = (x) => { at("pointermove", x); said.push(plot.querySelector(".readout").textContent.split(":")[1].split(".")[0].trim()); };
const wide = area.clientWidth;
read(70); read(wide - 40);
const key = (name) => { area.dispatchEvent(new KeyboardEvent("keydown", { key: name })); said.push(plot.querySelector(".readout").textContent.split(":")[1].trim().slice(0, 6)); };
key("ArrowRight"); key("ArrowRight"); key("ArrowLeft");
at("pointerdown", 0.4 * wide); at("pointermove", 0.6 * wide); at("pointerup", 0.6 * wide);
read(70); read(wide - 40);
document.body.dataset.said = said.join(" ");
"""


def test_an_axis_that_runs_downwards_is_read_and_zoomed_as_it_is_seen(report, dom):
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page_of(report))
    assert '"reverse":false' in text
    text = text.replace('"reverse":false', '"reverse":true')
    document = dom(text.replace("</body>", f"<script>{TURNED}</script></body>"))
    said = re.search(r'data-said="([^"]*)"', document)
    assert said is not None
    left, right, *keys, zoomed_left, zoomed_right = said.group(1).split()
    assert int(left) >= 7117
    assert int(right) <= 7107
    assert [float(key) for key in keys] == [7118.0, 7117.9, 7118.0]
    assert 7106 < int(zoomed_right) < int(zoomed_left) < 7117


MAPPED = """
const plot = document.querySelector("figure.chart"), area = plot.querySelector(".plot"), said = [];
area.setPointerCapture = () => {};
const at = (type, x, y) => {
  const box = area.getBoundingClientRect();
  area.dispatchEvent(new PointerEvent(type, { clientX: box.left + x, clientY: box.top + y, button: 0, pointerId: 1 }));
};
const read = () => said.push(plot.querySelector(".readout").textContent);
const frame = plot.querySelector("svg svg"), place = (name) => Number(frame.getAttribute(name));
const [left, upper, wide, high] = ["x", "y", "width", "height"].map(place);
at("pointermove", left + 0.01 * wide, upper + 0.99 * high); read();
at("pointermove", left + 0.99 * wide, upper + 0.01 * high); read();
["ArrowRight", "ArrowUp"].forEach((key) => { area.dispatchEvent(new KeyboardEvent("keydown", { key })); read(); });
const image = new Image();
image.onload = () => {
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height }), pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  const dot = (x, y) => pen.getImageData(x, y, 1, 1).data.join(" ");
  said.push(dot(0, image.height - 1), dot(image.width - 1, 0), dot(0, 0));
  document.body.dataset.said = said.join("|");
};
image.src = plot.querySelector("image.map").getAttribute("href");
"""


def test_a_map_is_painted_and_read_as_its_axes_run(dom):
    values = np.array([[0.0, 1.0, 2.0], [3.0, 4.0, np.nan]])
    heat_map = HeatMap([1200.0, 1201.0, 1203.0], [10.0, 100.0], values, "absorbance")
    panel = Panel(
        "temperature / K", (), heat_map=heat_map, x_marks=(Mark(1201.0, 1201.0, "band"),),
        y_marks=(Mark(10.0, 100.0, "step"),),
    )  # fmt: skip
    chart = Chart("m", "map", "wavenumber / cm⁻¹", (panel,), simulated=True, reverse_x=True)
    text = html_text(Document("t", (), (Section("s", (Picture(chart, "m"),)),)))
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    document = dom(text.replace("</body>", f"<script>{MAPPED}</script></body>"))
    found = re.search(r'data-said="([^"]*)"', document)
    assert found is not None
    lower_left, upper_right, first, up, *dots = found.group(1).split("|")
    told = "wavenumber / cm⁻¹: {}. temperature / K: {}. absorbance: {}"
    assert lower_left == told.format(1203, 10, 2)
    assert upper_right == told.format(1200, 100, 3)
    assert first == told.format(1203, 10, 2)
    assert up == told.format(1203, 100, "blank")
    # the same colours as in print; the blank cell is at the upper left
    print_dots = map_picture(heat_map, (0.0, 4.0), 10.0, 10.0)
    shown = [[int(number) for number in dot.split()] for dot in dots]
    assert np.abs(print_dots[0, -1].astype(int) - shown[0]).max() <= 1
    assert np.abs(print_dots[-1, 0].astype(int) - shown[1]).max() <= 1
    assert shown[2][3] == 0
    assert ">band</text>" in document
    assert ">step</text>" in document
    assert 'class="blank"' in document


def test_a_map_is_painted_under_the_policy_of_the_page(dom):
    values = np.arange(6.0).reshape(2, 3)
    panel = Panel("T / K", (), heat_map=HeatMap([1.0, 2.0, 3.0], [1.0, 9.0], values, "z"))
    chart = Chart("m", "map", "x", (panel,))
    document = dom(html_text(Document("t", (), (Section("s", (Picture(chart, "m"),)),))))
    assert re.search(r'<image class="map"[^>]* href="data:image/png', document)
    assert re.search(r'<image class="bar"[^>]* href="data:image/png', document)
