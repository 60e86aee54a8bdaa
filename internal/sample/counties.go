package sample

import (
	"context"
	"fmt"
	"path"
)

// counties writes what is made lot by lot: parcels, addresses and the municipal layers. Addresses and rural parcels
// are one file a province, urban parcels one a county, municipal layers one a municipality.
func (w *writer) counties(ctx context.Context) error {
	var addresses *addressFile
	var rural *bundle
	var ruralTable *table
	var municipal []delivery

	finish := func(pr *province) error {
		if err := addresses.close(); err != nil {
			return err
		}
		w.deliver(delivery{Theme: "gnaf-address", Agency: "post", Territory: pr.code, Files: []string{addresses.rel}, Mapping: addressMapping})
		file := "registry/cadastre-rural-" + pr.code + ".gpkg"
		if ruralTable.n == 0 {
			rural.discard()
			return nil
		}
		w.deliver(delivery{Theme: "cadastre-rural", Agency: "registry", Territory: pr.code, Files: []string{file}})
		return rural.write(ctx, "GPKG", w.path(file))
	}
	if err := writeJSON(w.path(addressMapping), addressColumns()); err != nil {
		return err
	}
	for i, c := range w.plan.counties {
		first := i == 0 || w.plan.counties[i-1].province != c.province
		last := i == len(w.plan.counties)-1 || w.plan.counties[i+1].province != c.province
		if first {
			var err error
			if addresses, err = w.newAddressFile("post/gnaf-" + c.province.code + ".csv"); err != nil {
				return err
			}
			if rural, err = newBundle(w.work); err != nil {
				return err
			}
			if ruralTable, err = rural.table("parcels", "wkbPolygon", "EPSG:4326", ruralColumns()...); err != nil {
				return err
			}
		}
		done, err := w.county(ctx, c, addresses, ruralTable)
		if err != nil {
			return err
		}
		municipal = append(municipal, done...)
		if last {
			if err := finish(c.province); err != nil {
				return err
			}
		}
	}
	w.manifest.Deliveries = append(w.manifest.Deliveries, municipal...)
	return nil
}

// county writes one county and returns the deliveries of its municipalities.
func (w *writer) county(ctx context.Context, c *county, addresses *addressFile, rural *table) ([]delivery, error) {
	urban, err := newBundle(w.work)
	if err != nil {
		return nil, err
	}
	defer urban.discard()
	zone := c.settlements[0].frame.zone
	plates, err := urban.table("PARCELS", "wkbPolygon", fmt.Sprintf("EPSG:%d", 32600+zone), urbanColumns()...)
	if err != nil {
		return nil, err
	}
	var municipal []delivery
	for i, s := range c.settlements {
		var m *municipality
		lots := 0
		if !s.village() {
			if m, err = w.newMunicipality(s); err != nil {
				return nil, err
			}
		}
		left := s.target
		for sb, err := range s.superblocks(ctx) {
			if err != nil {
				return nil, err
			}
			left -= addresses.superblock(s, sb, left)
			lots += len(sb.lots)
			switch {
			case !s.village() && s.surveyed(sb):
				err = w.urbanParcels(plates, s, sb, i)
			case s.village() && i%4 == 2:
				err = w.ruralParcels(rural, s, sb, i)
			}
			if err == nil && m != nil {
				err = m.superblock(sb)
			}
			if err != nil {
				return nil, err
			}
			if w.progress != nil {
				w.progress(w.summary.Addresses, w.plan.addresses)
			}
		}
		if s.village() && i%4 == 0 {
			if err := w.strips(rural, s, i); err != nil {
				return nil, err
			}
		}
		if !s.village() {
			w.plates.add(s, registeredPlates(i, lots))
		}
		if left > 0 {
			return nil, fmt.Errorf("settlement %s has no room for %d addresses", s.code, left)
		}
		if m != nil {
			list, err := m.write(ctx)
			if err != nil {
				return nil, err
			}
			municipal = append(municipal, list...)
		}
	}
	mapping, err := w.urbanMapping(zone)
	if err != nil {
		return nil, err
	}
	file := path.Join("registry", "cadastre-urban-"+c.code+".zip")
	w.deliver(delivery{Theme: "cadastre-urban", Agency: "registry", Territory: c.code, Files: []string{file}, Mapping: mapping})
	return municipal, w.writeShapefile(ctx, urban, "PARCELS", file)
}
