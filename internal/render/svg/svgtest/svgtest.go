// Package svgtest checks drawings: that they are XML without references, and that no two
// texts overlap. Its own tests have programs that draw SVG show all drawings.
package svgtest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/vicidial/terraform-provider-vicidial/internal/render/svg"
)

// T is what the checks need of a test.
type T interface {
	Helper()
	Errorf(format string, arguments ...any)
	Fatalf(format string, arguments ...any)
}

// Check reports a document that is not XML, that could run a script or load a file, that
// has a text outside of the picture, or two texts that overlap.
func Check(t T, document []byte) {
	t.Helper()
	if bytes.Contains(bytes.ReplaceAll(document, []byte("http://www.w3.org/2000/svg"), nil), []byte("http")) {
		t.Errorf("the picture refers to something outside")
	}
	var width, height int
	if _, err := fmt.Sscanf(string(document), `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d"`, &width, &height); err != nil {
		t.Fatalf("no size: %v", err)
	}
	texts, err := read(document)
	if err != nil {
		t.Fatalf("%v in\n%s", err, document)
	}
	for i, a := range texts {
		if a.left < 0 || a.top < 0 || a.right > width || a.bottom > height {
			t.Fatalf("%+v is outside of the picture", a)
		}
		for _, b := range texts[i+1:] {
			if a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom {
				t.Fatalf("%+v and %+v overlap", a, b)
			}
		}
	}
}

// written is a text of a drawing and an upper bound of its extent.
type written struct {
	text                     string
	left, top, right, bottom int
}

// read returns the texts of a drawing. Sizes are those of the style.
func read(document []byte) ([]written, error) {
	sizes := map[string]int{"title": 20, "quiet": 13, "head": 12, "name": 13, "badge-text": 10, "chip-text": 10}
	var all []written
	decoder := xml.NewDecoder(bytes.NewReader(document))
	decoder.Strict = true
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		element, ok := token.(xml.StartElement)
		if ok && slices.Contains([]string{"script", "a", "image", "foreignObject", "use"}, element.Name.Local) {
			return nil, fmt.Errorf("element %s in the picture", element.Name.Local)
		}
		if !ok || element.Name.Local != "text" {
			continue
		}
		attributes := make(map[string]string)
		for _, attribute := range element.Attr {
			attributes[attribute.Name.Local] = attribute.Value
		}
		var content string
		if err := decoder.DecodeElement(&content, &element); err != nil {
			return nil, err
		}
		class := attributes["class"]
		size, ok := sizes[class]
		if !ok {
			size = 11
		}
		width := svg.Width(content, size, slices.Contains([]string{"title", "head", "name", "badge-text", "chip-text", "bad"}, class))
		if class == "address" {
			width = svg.FixedWidth(content, size)
		}
		var x, y int
		if _, err := fmt.Sscan(attributes["x"], &x); err != nil {
			return nil, err
		}
		if _, err := fmt.Sscan(attributes["y"], &y); err != nil {
			return nil, err
		}
		switch attributes["text-anchor"] {
		case "end":
			x -= width
		case "middle":
			x -= width / 2
		}
		all = append(all, written{content, x, y - size*8/10, x + width, y - size*8/10 + size})
	}
}
