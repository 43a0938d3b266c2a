package htmlref

import (
	"strings"
	"testing"
)

// In CSS a reference may have quotes, parentheses and escapes. References in a
// comment, a string, @import or @font-face are not to images.
func TestCSS(t *testing.T) {
	for in, want := range map[string]string{
		`url(a.png)`:                           `url('<a.png>')`,
		`x{URL( a.png )}y{url( 'b' )}`:         `x{URL('<a.png>')}y{url('<b>')}`,
		`url("a(1).png")`:                      `url('<a(1).png>')`,
		`url('it"s;{}')`:                       `url('<it"s;{}>')`,
		`url(a\ b.png) url("a\"\29 b")`:        `url('<a b.png>') url('<a")b>')`,
		`url(caf\e9.png) url('caf\0000e9')`:    `url('<café.png>') url('<café>')`,
		"url('a\\\nb')":                        `url('<ab>')`,
		"url('a\\\r\nb\\\fc\\\rd')":            `url('<abcd>')`,
		"url(\\e9\r\nb\\e9\n\\65 \\ c)":        `url('<ébée c>')`,
		`url(\0000e9a\"\\\é\+1)`:               `url('<éa"\é+1>')`,
		"url('\\0 \\d800 \\110000 \\é\\\xFF')": "url('<\uFFFD\uFFFD\uFFFDé\xFF>')",
		`/* url(a) */url(b)/* url(c)`:          `/* url(a) */url('<b>')/* url(c)`,
		`content:"url(a)" 'url(b)'`:            `content:"url(a)" 'url(b)'`,
		`@import url(a.css);url(b)`:            `@import url(a.css);url('<b>')`,
		`@FONT-FACE{src:url(a)}x{url(b)}`:      `@FONT-FACE{src:url(a)}x{url('<b>')}`,
		"url('a\n) url(c)":                     "url('a\n) url('<c>')",
		`url(a url("b) url(`:                   `url(a url("b) url(`,
		`url()`:                                `url('<>')`,
	} {
		got, err := CSS(in, inBrackets)
		if err != nil || got != want {
			t.Errorf("%s becomes %s (%v), want %s", in, got, err, want)
		}
	}
}

// The URL of @import is a string or url(), with escapes as elsewhere.
func TestCSSImports(t *testing.T) {
	for in, want := range map[string]string{
		`@import "a.css";@IMPORT 'b.css' print;p{}`: "a.css|b.css",
		`@import url(a.css);@import url( "b.css" )`: "a.css|b.css",
		`@import "my styles.css" screen`:            "my styles.css",
		`@import 'it"s.css'`:                        `it"s.css`,
		`@import "a(1).css"; @import "a\"\62 .css"`: `a(1).css|a"b.css`,
		`@import url(caf\e9.css);@import url(a\ b)`: "café.css|a b",
		`/*@import "a";*/p{content:"@import 'b'"}`:  "",
		`@import`:               "",
		`@import;@import url()`: "",
	} {
		if got := strings.Join(CSSImports(in), "|"); got != want {
			t.Errorf("%s imports %q, want %q", in, got, want)
		}
	}
}

func inBrackets(reference string) (string, error) { return "<" + reference + ">", nil }

// A comma belongs to the URL unless whitespace follows.
func TestSrcset(t *testing.T) {
	for in, want := range map[string]string{
		"a":                              "<a>",
		" a 1x,b\t2x ,\nc , d,":          " <a> 1x,<b>\t2x ,\n<c> , <d>,",
		"a,b.png 1x":                     "<a,b.png> 1x",
		"data:image/png;base64,x= 1x, a": "<data:image/png;base64,x=> 1x, <a>",
		"a, b":                           "<a>, <b>",
		"":                               "",
		" , ":                            " , ",
	} {
		got, err := srcset(in, inBrackets)
		if err != nil || got != want {
			t.Errorf("%q becomes %q (%v), want %q", in, got, err, want)
		}
	}
}

// A reference is found after letters whose lower case is longer or shorter.
func TestCSSAfterOtherLetters(t *testing.T) {
	for _, before := range []string{"Ⱥ", "İ", "\xF8", "K"} {
		got, err := CSS(before+" URL( a.png ) x", inBrackets)
		if want := before + " URL('<a.png>') x"; err != nil || got != want {
			t.Errorf("after %q: %q (%v), want %q", before, got, err, want)
		}
	}
}
