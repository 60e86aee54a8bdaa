// Package cadastre keeps parcels: registration plate as two integers, declared area beside the area on the ellipsoid, and no owners.
//
// It plugs its store into the pipeline of package layers; the four levels of Article 25 (urban, rural, rangeland and forest, marine) are four themes of that store.
package cadastre
