// Package htmlref reads the tokens of an HTML page and replaces its references to
// images: in attributes, in lists of images and in CSS.
package htmlref

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Link returns what a reference to an image becomes: itself, or another one.
type Link func(reference string) (string, error)

// Space is the whitespace of HTML and CSS.
const Space = " \t\n\r\f"

// Attribute returns the value of an attribute with its references replaced.
func Attribute(tag html.Token, a html.Attribute, link Link) (string, error) {
	switch {
	case namesImage(tag.DataAtom, a.Key):
		return rewriteReference(a.Val, link)
	case a.Key == "srcset" && (tag.DataAtom == atom.Img || tag.DataAtom == atom.Source):
		return srcset(a.Val, link)
	case a.Key == "style":
		return CSS(a.Val, link)
	}
	return a.Val, nil
}

// namesImage reports whether the attribute of that element is the URL of an image.
func namesImage(element atom.Atom, attribute string) bool {
	switch attribute {
	case "background":
		return true // an old attribute, which browsers know in several elements
	case "src":
		return element == atom.Img || element == atom.Image || element == atom.Input
	case "poster":
		return element == atom.Video
	case "href", "xlink:href":
		return element == atom.Image // in SVG
	}
	return false
}

// rewriteReference keeps the value, with its spaces, unless link changes the reference.
func rewriteReference(value string, link Link) (string, error) {
	reference := strings.Trim(value, Space)
	if reference == "" {
		return value, nil
	}
	linked, err := link(reference)
	if err != nil || linked == reference {
		return value, err
	}
	return linked, nil
}
