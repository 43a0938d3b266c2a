package compose

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"mailpipe/internal/termtext"
)

// The limits of a grid. A table beyond them most likely arranges a page.
const (
	maxColumns = 64
	maxWidth   = 50      // of a cell with several lines, and of the padding of a cell
	maxGrid    = 4 << 20 // of all lines together
)

// table writes a table: on a grid if it has data, otherwise cell by cell.
func (t *pageText) table(n *html.Node) {
	var rows []*html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Thead, atom.Tbody, atom.Tfoot:
			rows = append(rows, shown(c, atom.Tr)...)
		case atom.Caption:
			t.node(c)
		}
	}
	if lines, ok := gridLines(n, rows); ok {
		for _, line := range lines {
			t.breakLine(1)
			t.word(line)
		}
		return
	}
	for _, row := range rows {
		for _, cell := range shown(row, atom.Td, atom.Th) {
			t.breakLine(1)
			t.children(cell)
			t.breakLine(1)
		}
	}
}

// shown returns the children of n that are one of the elements and not hidden.
func shown(n *html.Node, elements ...atom.Atom) (found []*html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if slices.Contains(elements, c.DataAtom) && !hidden(c) {
			found = append(found, c)
		}
	}
	return found
}

// gridLines returns the lines of a table with data. ok is false for a table that
// arranges a page: it says so, contains tables, has a single column, or is
// beyond the limits of a grid.
func gridLines(table *html.Node, rows []*html.Node) (lines []string, ok bool) {
	if role := attribute(table, "role"); role == "presentation" || role == "none" || hasTable(table) {
		return nil, false
	}
	var g grid
	for i, row := range rows {
		if i > 0 && row.Parent != rows[i-1].Parent {
			g.covered = nil // no cell extends beyond its group of rows
		}
		if !g.addRow(shown(row, atom.Td, atom.Th)) {
			return nil, false
		}
	}
	if len(g.widths) < 2 || g.height*g.width() > maxGrid {
		return nil, false
	}
	for _, row := range g.rows {
		lines = g.appendLines(lines, row)
	}
	return lines, true
}

// hasTable reports whether there is a table inside n.
func hasTable(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Table || hasTable(c) {
			return true
		}
	}
	return false
}

// A grid is a table with a place for each cell. A cell that covers several
// places has its text in the first one; the others are empty, so that what
// follows is in the right column.
type grid struct {
	rows    [][][]string // row, column, line
	height  int          // the number of lines
	widths  []int        // of the columns
	covered []int        // for each column, the number of further rows that a cell above covers
}

// addRow places the cells of one more row. It reports false if the table does
// not fit on a grid.
func (g *grid) addRow(cells []*html.Node) bool {
	var row [][]string
	for _, cell := range cells {
		for len(row) < len(g.covered) && g.covered[len(row)] > 0 {
			row = append(row, nil)
		}
		column := len(row)
		if column >= maxColumns {
			return false
		}
		lines := cellLines(cell)
		for len(g.widths) <= column {
			g.widths = append(g.widths, 0)
		}
		for _, line := range lines {
			width := termtext.Columns(line)
			if width > maxWidth && len(lines) > 1 {
				return false
			}
			g.widths[column] = max(g.widths[column], min(width, maxWidth))
		}
		row = append(row, lines)
		row = append(row, make([][]string, min(span(cell, "colspan"), maxColumns-column)-1)...)
		for len(g.covered) < len(row) {
			g.covered = append(g.covered, 0)
		}
		for i := column; i < len(row); i++ {
			g.covered[i] = span(cell, "rowspan")
		}
	}
	for i := range g.covered {
		g.covered[i] = max(g.covered[i]-1, 0)
	}
	g.rows = append(g.rows, row)
	g.height += rowHeight(row)
	return true
}

// span returns how many columns or rows a cell covers.
func span(cell *html.Node, attributeName string) int {
	n, err := strconv.ParseUint(attribute(cell, attributeName), 10, 16)
	switch {
	case err != nil:
		return 1
	case n == 0 && attributeName == "rowspan":
		return 1 << 16 // to the end of the group of rows
	}
	return int(max(n, 1))
}

// cellLines returns the lines of a cell that are not empty.
func cellLines(cell *html.Node) []string {
	var t pageText
	t.children(cell)
	return strings.FieldsFunc(t.out.String(), func(r rune) bool { return r == '\n' })
}

// width returns the number of columns of a terminal that a full line takes.
func (g *grid) width() (n int) {
	for _, w := range g.widths {
		n += w + len(separator)
	}
	return n
}

const separator = " | "

// rowHeight returns the number of lines of the highest cell.
func rowHeight(row [][]string) (height int) {
	for _, cell := range row {
		height = max(height, len(cell))
	}
	return height
}

// appendLines appends the lines of a row. Cells that are empty at the end of a
// line are left out.
func (g *grid) appendLines(lines []string, row [][]string) []string {
	for i := range rowHeight(row) {
		last := 0
		texts := make([]string, len(row))
		for column, cell := range row {
			if i < len(cell) {
				texts[column] = cell[i]
				last = column
			}
		}
		lines = append(lines, g.line(texts[:last+1]))
	}
	return lines
}

// line joins the texts of a row, each except the last padded to the width of its column.
func (g *grid) line(texts []string) string {
	var b strings.Builder
	for column, text := range texts {
		if column > 0 {
			b.WriteString(separator)
		}
		b.WriteString(text)
		if column < len(texts)-1 {
			b.WriteString(strings.Repeat(" ", max(g.widths[column]-termtext.Columns(text), 0)))
		}
	}
	return b.String()
}
