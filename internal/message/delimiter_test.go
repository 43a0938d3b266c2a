package message

import "testing"

func TestDelimiters(t *testing.T) {
	d := Delimiters{[]byte("--outer"), []byte("--out")}
	for line, want := range map[string]struct {
		level  int
		closes bool
	}{
		"--outer\r\n":     {0, false},
		"--outer-- \t\n":  {0, true},
		"--out":           {1, false},
		"--out--\n":       {1, true},
		"--outermost\n":   {-1, false},
		"--out---\n":      {-1, false},
		"-- out\n":        {-1, false},
		" --out\n":        {-1, false},
		"outer":           {-1, false},
		"":                {-1, false},
		"--\n":            {-1, false},
		"--out --\n":      {-1, false},
		"--outer--x\n":    {-1, false},
		"--outer \t \r\n": {0, false},
	} {
		if level, closes := d.Find([]byte(line)); level != want.level || closes != want.closes {
			t.Errorf("%q: %d, %t, want %d, %t", line, level, closes, want.level, want.closes)
		}
	}
	if level, _ := Delimiters(nil).Find([]byte("--out\n")); level != -1 {
		t.Errorf("without delimiters: %d", level)
	}
}
