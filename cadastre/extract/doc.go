// Package extract makes the extract of one parcel as a PDF in Persian and English: plate, areas, sketch map, corner coordinates, and a QR code by which it is verified.
//
// Persian is shaped by HarfBuzz's rules (go-text/typesetting), and the glyphs are placed one by one, so that it does not depend on what a viewer makes of it. The same
// content gives the same bytes.
package extract
