package cadastre

import "nsdi/layers"

// Store is where parcels are published.
func Store() layers.Store {
	return layers.Store{
		Table:   "cadastre.parcel",
		History: "cadastre.parcel_history",
		Columns: []layers.Column{
			layers.AttributeColumn("parcel_id", "text"),
			layers.AttributeColumn("section", "text"),
			layers.AttributeColumn("district", "text"),
			layers.AttributeColumn("main_plate", "int"),
			layers.AttributeColumn("sub_plate", "int"),
			layers.AttributeColumn("lot", "text"),
			layers.AttributeColumn("land_use", "text"),
			layers.AttributeColumn("declared_area_m2", "float8"),
			{Name: "area_m2", Expr: "public.st_area(geom::public.geography)"},
			layers.AttributeColumn("survey_method", "text"),
			layers.AttributeColumn("accuracy_m", "float8"),
		},
	}
}
