package layers

// RestrictedStore is the common store of themes that are not for everybody. It is a table of its own so that the row security of
// the others costs nothing: what this one holds is seen by the agency whose it is, and by those that have a grant.
func RestrictedStore() Store {
	return Store{Table: "layers.restricted_feature", History: "layers.restricted_feature_history"}
}
