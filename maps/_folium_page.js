"use strict";
// Links the ranked list and the map: each row opens its site, each site marks its row.
window.panhuo = (() => {
  const sites = new Map();
  const groups = [];
  let map;
  let chosen = null;

  const rowOf = (key) => document.querySelector(`[data-site="${key}"]`);

  function showTheme(theme) {
    for (const tab of document.querySelectorAll("[role=tab]")) {
      tab.setAttribute("aria-selected", String(tab.dataset.theme === theme));
    }
    for (const list of document.querySelectorAll("[role=tabpanel]")) list.hidden = list.dataset.theme !== theme;
  }

  function mark(key) {
    if (chosen) sites.get(chosen)?.setStyle({ weight: sites.get(chosen).options.restWeight });
    for (const row of document.querySelectorAll("[aria-current]")) row.removeAttribute("aria-current");
    chosen = key;
    sites.get(key)?.setStyle({ weight: 4 });
    const row = rowOf(key);
    if (!row) return;
    showTheme(row.closest("[role=tabpanel]").dataset.theme);
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
  }

  function open(key) {
    const site = sites.get(key);
    if (!site) return;
    const group = groups.find((item) => item.hasLayer(site) || item.getLayers().some((part) => part.hasLayer?.(site)));
    if (group && !map.hasLayer(group)) map.addLayer(group);
    // Without animation: a popup that opens during a flight pans the map against it.
    map.setView(site.getLatLng(), Math.max(map.getZoom(), 16), { animate: false });
    site.fire("click", { latlng: site.getLatLng() }, true);
  }

  // Where numbers would lie on one another, the best of them stays; the others come back as the map is drawn nearer.
  function thinNumbers() {
    const numbers = [...document.querySelectorAll(".rank-label")];
    for (const number of numbers) number.hidden = false;
    const boxes = numbers.map((number) => number.getBoundingClientRect());
    const best = numbers.map((_, place) => place).sort((a, b) => numbers[a].textContent - numbers[b].textContent);
    const kept = [];
    for (const place of best) {
      const { left, right, top, bottom } = boxes[place];
      const covers = (box) => left < box.right && box.left < right && top < box.bottom && box.top < bottom;
      numbers[place].hidden = kept.some(covers);
      if (!numbers[place].hidden) kept.push(boxes[place]);
    }
  }

  return {
    baseRenderer: L.canvas({ pane: "ground", padding: 0.3 }),

    register(feature, layer) {
      layer.options.restWeight = layer.options.weight;
      sites.set(feature.properties.key, layer);
      layer.on("click", () => mark(feature.properties.key));
    },

    group(layer) {
      groups.push(layer);
    },

    // On a telephone the list of layers would cover the map: it becomes a button.
    control(layers) {
      if (!window.matchMedia("(max-width: 760px)").matches) return;
      layers.remove();
      layers.options.collapsed = true;
      layers.addTo(map);
    },

    start(made) {
      map = made;
      map.attributionControl.setPrefix(false);
      for (const line of document.querySelectorAll("[data-credit]")) {
        map.attributionControl.addAttribution(line.innerHTML);
      }
      L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
      const legend = L.control({ position: "bottomleft" });
      legend.onAdd = () => {
        const box = L.DomUtil.create("div", "legend");
        box.innerHTML = document.getElementById("legend").innerHTML;
        L.DomEvent.disableClickPropagation(box);
        return box;
      };
      legend.addTo(map);
      // A popup says all that a tooltip says, so the tooltip steps aside once Leaflet has opened both.
      map.on("zoomend layeradd layerremove", () => requestAnimationFrame(thinNumbers));
      map.on("popupopen", () => setTimeout(() => map.eachLayer((item) => item instanceof L.Tooltip && item.remove())));
      for (const row of document.querySelectorAll("button[data-site]")) {
        row.addEventListener("click", () => open(row.dataset.site));
      }
      for (const tab of document.querySelectorAll("[role=tab]")) {
        tab.addEventListener("click", () => showTheme(tab.dataset.theme));
      }
      thinNumbers();
      document.documentElement.dataset.ready = String(sites.size);
    },
  };
})();
