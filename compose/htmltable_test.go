package compose

import (
	"strings"
	"testing"
)

func TestTablesInText(t *testing.T) {
	const head = "<table><tr><th>Region<th>Q1<th>Q2"
	checkPageText(t, []struct{ page, want string }{
		{"<table><tr><th>a<th>b<tr><td>1<td>2</table>", "a | b\n1 | 2\n"},
		{head + "<tr><td>North<td>10<td>5</table>", "Region | Q1 | Q2\nNorth  | 10 | 5\n"},
		{"<table><caption>c</caption><tr><td>a<td>b</table>", "c\na | b\n"},
		{"<table><thead><tr><th>a<th>b<tbody><tr><td>1<td>2<tfoot><tr><td>3<td>4</table>", "a | b\n1 | 2\n3 | 4\n"},
		{"<table><tr><td>日本<td>a<tr><td>abc<td>b</table>", "日本 | a\nabc  | b\n"},
		{"<blockquote><table><tr><td>a<td>b<tr><td>1<td>2</table></blockquote>", "> a | b\n> 1 | 2\n"},
		{"<ul><li><table><tr><td>a<td>b<tr><td>1<td>2</table></ul>", "- a | b\n  1 | 2\n"},

		// Empty cells keep their places.
		{head + "<tr><td>North<td><td>5</table>", "Region | Q1 | Q2\nNorth  |    | 5\n"},
		{head + "<tr><td>North<td>7<td></table>", "Region | Q1 | Q2\nNorth  | 7\n"},
		{head + "<tr><td><td>7<td>8</table>", "Region | Q1 | Q2\n       | 7  | 8\n"},
		{head + "<tr><td>North<td>&nbsp;<td>5</table>", "Region | Q1 | Q2\nNorth  |    | 5\n"},
		{head + "<tr><td>North<td><img src=x><td>5</table>", "Region | Q1 | Q2\nNorth  |    | 5\n"},
		{head + "<tr><td>North<td style=display:none>x<td>4<td>5</table>", "Region | Q1 | Q2\nNorth  | 4  | 5\n"},

		// Cells that cover several places.
		{
			"<table><tr><th rowspan=2>Region<th colspan=2>Sales<tr><th>Q1<th>Q2<tr><td>North<td>1<td>2</table>",
			"Region | Sales\n       | Q1    | Q2\nNorth  | 1     | 2\n",
		},
		{head + "<tr><td colspan=2>All<td>9</table>", "Region | Q1 | Q2\nAll    |    | 9\n"},
		{
			head + "<tr><td rowspan=2>N<td>1<td>2<tr><td>3<td>4</table>",
			"Region | Q1 | Q2\nN      | 1  | 2\n       | 3  | 4\n",
		},
		{
			head + "<tr><td>N<td rowspan=2>1<td>2<tr><td>S<td>4</table>",
			"Region | Q1 | Q2\nN      | 1  | 2\nS      |    | 4\n",
		},
		{
			head + "<tr><td>N<td rowspan=0>1<td>2<tr><td>S<td>4</table>",
			"Region | Q1 | Q2\nN      | 1  | 2\nS      |    | 4\n",
		},
		{
			head + "<tr><td colspan=2 rowspan=2>N<td>2<tr><td>4</table>",
			"Region | Q1 | Q2\nN      |    | 2\n       |    | 4\n",
		},
		{
			head + "<tr><td colspan=1000>All of it<tr><td>N<td>1<td>2</table>",
			"Region    | Q1 | Q2\nAll of it\nN         | 1  | 2\n",
		},
		{head + "<tr><td colspan=0>N<td colspan=-2>1<td colspan=x>2</table>", "Region | Q1 | Q2\nN      | 1  | 2\n"},
		{
			"<table><thead><tr><th rowspan=9>a<th>b<tbody><tr><td>1<td>2</table>", // not into the next group
			"a | b\n1 | 2\n",
		},

		// Blocks in a cell do not tear its row apart.
		{"<table><tr><td><p>a</p><td>b<tr><td>c<td><p>d</p></table>", "a | b\nc | d\n"},
		{"<table><tr><td><div>a</div><td><h2>b</h2></table>", "a | b\n"},
		{"<table><tr><td><p>a</p><p>b</p><td>c<tr><td>1<br>2<td>3</table>", "a | c\nb\n1 | 3\n2\n"},
		{"<table><tr><td>h<td><ul><li>i<li>j</ul><td>k</table>", "h | - i | k\n  | - j\n"},
		{"<table><tr><td><td>z<tr><td><p>a</p><td>b<td>c</table>", "  | z\na | b | c\n"},
		{"<table><tr><td>a<td><td>c<td><tr><th>h<td><ul><li>i</ul></table>", "a |     | c\nh | - i\n"},
		{"<table><tr><td><pre>a  b\nc</pre><td>d</table>", "a  b | d\nc\n"},
		{"<table><tr><td><blockquote>a</blockquote><td>b</table>", "> a | b\n"},
	})
}

// Tables that arrange a page are read cell by cell.
func TestLayoutTablesInText(t *testing.T) {
	long := strings.Repeat("word ", 20) + "end"
	checkPageText(t, []struct{ page, want string }{
		{"<table><tr><td>a</table>", "a\n"},
		{"<table><tr><td><h1>Hello</h1><p>Dear Bob,<p>hi<tr><td>bye</table>", "Hello\n\nDear Bob,\n\nhi\n\nbye\n"},
		{"<table role=presentation><tr><td>a<td>b</table>", "a\nb\n"},
		{"<table><tr><td><table><tr><td>1<td>2</table><td>b</table>", "1 | 2\n\nb\n"},
		{"<table><tr><td><p>" + long + "<p>b<td>c</table>", long + "\n\nb\n\nc\n"},
		{"<table><tr><td>a" + strings.Repeat("<td>b", maxColumns) + "</table>", "a\n" + strings.Repeat("b\n", maxColumns)},
	})
	row := "a | " + long + " | b\n"
	if got := pageTextOf(t, "<table><tr><td>a<td>"+long+"<td>b</table>"); got != row {
		t.Errorf("a long cell reads as %q, want %q", got, row)
	}
}

// The text of a hostile table is not much longer than its HTML.
func TestHostileTable(t *testing.T) {
	wide := "<tr>" + strings.Repeat("<td>"+strings.Repeat("x", maxWidth), maxColumns)
	for name, page := range map[string]string{
		"spans":   "<table>" + strings.Repeat("<tr><td rowspan=65534 colspan=1000>", 10_000),
		"columns": "<table><tr>" + strings.Repeat("<td>", 100_000) + strings.Repeat("<tr><td>a", 10_000),
		"lines":   "<table>" + wide + "<tr><td>a<td colspan=62><td>" + strings.Repeat("x<br>", 100_000),
		"padding": "<table>" + wide + strings.Repeat("<tr><td colspan=63><td>x", 40_000),
	} {
		if got := pageTextOf(t, page); len(got) > maxGrid {
			t.Errorf("%s: %d octets of HTML have %d octets of text", name, len(page), len(got))
		}
	}
}
