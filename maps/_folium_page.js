"use strict";
// Links the ranked list and the map: each row opens its site, each site marks its row.
window.panhuo = (() => {
  const sites = new Map();
  const places = new Map();
  const groups = [];
  const ties = L.layerGroup();
  const ROUNDS = 400;
  const GAP_PX = 1.5;
  const CLOSE_ZOOM = 15.5;
  const FURNITURE_PX = 12;
  const CARD_PX = 420;
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
    showGroupOf(site);
    // Without animation: a popup that opens during a flight pans the map against it.
    map.setView(site.home, Math.max(map.getZoom(), 16), { animate: false });
    site.fire("click", { latlng: site.getLatLng() }, true);
  }

  function showGroupOf(layer) {
    const group = groups.find((item) => item.hasLayer(layer) || item.getLayers().some((part) => part.hasLayer?.(layer)));
    if (group && !map.hasLayer(group)) map.addLayer(group);
  }

  // What was decided: an area or a line is shown whole, a stop close up.
  function openPlace(key) {
    const place = places.get(key);
    if (!place) return;
    showGroupOf(place);
    if (place.getBounds) map.fitBounds(place.getBounds(), { padding: [24, 24], maxZoom: 17, animate: false });
    else map.setView(place.getLatLng(), Math.max(map.getZoom(), 16), { animate: false });
    place.fire("click", { latlng: place.getLatLng?.() ?? place.getCenter() }, true);
  }

  // Where numbered discs would lie on one another they are pushed apart, each tied to its place by a line. The places
  // themselves never move: each zoom starts from them again.
  function spread() {
    const shown = [...sites.values()].filter((site) => site.number && map.hasLayer(site));
    shown.sort((a, b) => a.number.rank - b.number.rank || a.key.localeCompare(b.key));
    const discs = shown.map((site) => {
      const { x, y } = map.latLngToLayerPoint(site.home);
      return { x, y, radius: site.getRadius() + site.options.restWeight / 2 };
    });
    for (let round = 0; round < ROUNDS && pushApart(discs); round += 1);
    ties.clearLayers();
    shown.forEach((site, place) => {
      const at = map.layerPointToLatLng(discs[place]);
      site.setLatLng(at);
      site.number.setLatLng(at);
      const away = map.latLngToLayerPoint(site.home).distanceTo(discs[place]);
      if (away > site.getRadius() / 2) tie(site.home, at);
    });
    // Drawn worst first, so that none of the unnumbered lies on a numbered one.
    for (const site of shown.toReversed()) site.bringToFront();
  }

  function coversNumber(element) {
    const box = element.getBoundingClientRect();
    return [...document.querySelectorAll(".rank-label")].some((number) => {
      const { left, right, top, bottom } = number.getBoundingClientRect();
      return left < box.right && box.left < right && top < box.bottom && box.top < bottom;
    });
  }

  function tie(home, at) {
    const look = { pane: "outlines", interactive: false, color: "#3a3a3a", weight: 1 };
    ties.addLayer(L.polyline([home, at], look));
    ties.addLayer(L.circleMarker(home, { ...look, radius: 2, fillColor: "#3a3a3a", fillOpacity: 1 }));
  }

  // One round: of each two that overlap, both step back by half of it. Whether any did.
  function pushApart(discs) {
    let moved = false;
    discs.forEach((one, place) => {
      for (let next = place + 1; next < discs.length; next += 1) {
        const other = discs[next];
        const apart = Math.hypot(other.x - one.x, other.y - one.y);
        const short = one.radius + other.radius + GAP_PX - apart;
        if (short <= 0.01) continue;
        // Two on one point part at an angle of their own: the golden one, so that many make a rosette.
        const angle = apart > 0.01 ? Math.atan2(other.y - one.y, other.x - one.x) : next * 2.39996;
        const [across, down] = [(Math.cos(angle) * short) / 2, (Math.sin(angle) * short) / 2];
        one.x -= across;
        one.y -= down;
        other.x += across;
        other.y += down;
        moved = true;
      }
    });
    return moved;
  }

  function printCard() {
    document.querySelector(".printed")?.remove();
    const card = document.querySelector(".leaflet-popup-content")?.cloneNode(true);
    if (!card) return;
    for (const folded of card.querySelectorAll("details")) folded.open = true;
    const page = L.DomUtil.create("section", "printed", document.body);
    page.append(card);
  }

  return {
    baseRenderer: L.canvas({ pane: "ground", padding: 0.3 }),

    register(feature, layer) {
      const { key } = feature.properties;
      layer.options.restWeight = layer.options.weight;
      sites.set(key, Object.assign(layer, { key, home: layer.getLatLng() }));
      layer.on("click", () => mark(key));
    },

    number(feature, layer) {
      const { key, text } = feature.properties;
      sites.get(key).number = Object.assign(layer, { rank: Number(text) });
    },

    place(feature, layer) {
      if (feature.properties.key) places.set(feature.properties.key, layer);
    },

    group(layer) {
      groups.push(layer);
    },

    // Where the legend would cover a number at first it is folded to its title; the list of layers becomes a button,
    // and so it does on a telephone, whose map it would cover. Beside a list that stays open there is room for a card.
    control(layers) {
      const legend = map.getContainer().querySelector(".legend");
      legend.querySelector("details").open = !coversNumber(legend);
      const isNarrow = window.matchMedia("(max-width: 760px)").matches;
      if (isNarrow || coversNumber(layers.getContainer())) {
        layers.remove();
        layers.options.collapsed = true;
        layers.addTo(map);
      }
      const taken = layers.getContainer().offsetWidth + 2 * FURNITURE_PX;
      if (map.getSize().x - taken > CARD_PX) L.Popup.mergeOptions({ autoPanPaddingBottomRight: [taken, FURNITURE_PX] });
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
      map.on("zoomend overlayadd overlayremove", spread);
      // From far away the signs of a bundle's members would cover them.
      const setFar = () => map.getContainer().classList.toggle("far", map.getZoom() < CLOSE_ZOOM);
      map.on("zoomend", setFar);
      setFar();
      map.on("popupopen", () => setTimeout(() => map.eachLayer((item) => item instanceof L.Tooltip && item.remove())));
      for (const row of document.querySelectorAll("button[data-site]")) {
        row.addEventListener("click", () => open(row.dataset.site));
      }
      for (const list of document.querySelectorAll(".decided")) {
        const rows = [...list.querySelectorAll("[data-place]")];
        list.addEventListener("toggle", () => list.open && showGroupOf(places.get(rows[0].dataset.place)));
        for (const row of rows) row.addEventListener("click", () => openPlace(row.dataset.place));
      }
      for (const tab of document.querySelectorAll("[role=tab]")) {
        tab.addEventListener("click", () => showTheme(tab.dataset.theme));
      }
      // A card scrolls within the map, which paper cannot: it is printed whole on a page of its own.
      window.addEventListener("beforeprint", printCard);
      ties.addTo(map);
      spread();
      document.documentElement.dataset.ready = String(sites.size);
    },
  };
})();
