// Package catalogue is the theme catalogue as data: one JSON file a theme in the folder themes, loaded into layers.theme by [Apply] after the migrations.
//
// The members of a file are named after the feature catalogue of ISO 19110 where they fit: definition, value_type, unit, listed_values with code and label.
// Every text stands in Persian and English.
//
// # Rules that hold
//
//   - The files are the source: a theme that they name is brought to what they say. Themes that only the database has are an operator's own, and stay.
//   - What is published stays readable: key, store, geometry, the type of an attribute, its absence and a new requirement are not changed under data; such a
//     change is refused as a whole, before anything is written.
//   - [Version] goes up when a file changes; a test says so. A program leaves alone the themes that a newer catalogue wrote.
package catalogue
