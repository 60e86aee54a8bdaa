package layers

// aliases are the codes that rules of all themes have in the catalogue of rules of the cadastre, where people know them by those.
func aliases() map[string]string {
	return map[string]string{
		"geometry-missing": "CAD-G01", "geometry-type": "CAD-G01", "geometry-invalid": "CAD-G02", "polygon-tiny": "CAD-G05",
		"coordinates-out-of-range": "CAD-G09", "outside-territory": "CAD-G09", "crs-datum": "CAD-G10", "crs-zone": "CAD-G10", "coordinates-swapped": "CAD-G10",
		"overlap": "CAD-T01", "geometry-duplicate": "CAD-T06",
		"key-missing": "CAD-A01", "key-not-unique": "CAD-A01, ADR-identity", "domain": "CAD-A06", "date-implausible": "CAD-A07, ADR-date", "accuracy-missing": "CAD-A10",
		"mass-removal": "CAD-D01, ADR-mass", "mass-removal-extreme": "CAD-D01, ADR-mass", "keys-changed": "CAD-D01",
	}
}
