package docs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mailpipe/internal/inspect"
)

// mailpipe-inspect(1) lists all rules, in the order of the table.
func TestPageAndRules(t *testing.T) {
	page := read(t, "../../man/mailpipe-inspect.1")
	_, list, _ := strings.Cut(page, "\n.Sh RULES\n")
	list, _, _ = strings.Cut(list, "\n.Sh ")
	var listed []string
	lines := strings.Split(list, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".It ") && i+1 < len(lines) {
			listed = append(listed, line+"\n"+lines[i+1])
		}
	}
	var known []string
	for _, r := range inspect.Rules {
		known = append(known, fmt.Sprintf(".It Li %s Pq %s, %s\n%s.", r.ID, r.Severity, r.RFC, r.Text))
	}
	for _, rule := range known {
		if !slices.Contains(listed, rule) {
			t.Errorf("mailpipe-inspect.1 lacks\n%s", rule)
		}
	}
	if !slices.Equal(listed, known) {
		t.Errorf("mailpipe-inspect.1 lists %d rules, want these %d in their order", len(listed), len(known))
	}
}
