// Package paper makes documents on one place as PDF in Persian and English: facts, sketch map, corner coordinates, and a QR code by which the document is verified.
//
// Persian is shaped by HarfBuzz's rules (go-text/typesetting), and the glyphs are placed one by one, so that it does not depend on what a viewer makes of it. The same
// content gives the same bytes.
package paper
