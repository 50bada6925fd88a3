package svgtest

import (
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"testing"
)

// The drawings of 3, 12 and 40 nodes, which golden tests compare with the code, show in
// programs that read no style sheet as well as in a browser.
func TestDrawings_areShown(t *testing.T) {
	renderers, err := Installed(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	var documents [][]byte
	for _, drawing := range []string{"diagram/testdata/%d.svg", "charts/testdata/forecast-%d.svg", "charts/testdata/failover-%d.svg"} {
		for _, nodes := range []int{3, 12, 40} {
			name := fmt.Sprintf(drawing, nodes)
			document, err := os.ReadFile(filepath.Join("..", "..", name))
			if err != nil {
				t.Fatal(err)
			}
			names, documents = append(names, name), append(documents, document)
		}
	}
	for _, renderer := range renderers {
		pictures, err := renderer.Draw(t.Context(), documents...)
		if err != nil {
			t.Fatalf("%s: %v", renderer.Name, err)
		}
		for i, picture := range pictures {
			if wrong := Wrong(picture); wrong != "" {
				t.Errorf("%s, drawn by %s: %s", names[i], renderer.Name, wrong)
			}
		}
	}
}

// What a program makes of colors that it cannot read is found.
func TestWrong(t *testing.T) {
	paint := func(colors ...color.Color) image.Image {
		picture := image.NewRGBA(image.Rect(0, 0, 100, 20*len(colors)))
		for y := range 20 * len(colors) {
			for x := range 100 {
				picture.Set(x, y, colors[y/20])
			}
		}
		return picture
	}
	var light []color.Color
	for i := range 14 {
		light = append(light, color.RGBA{220, 230, uint8(200 + i), 255})
	}
	for name, test := range map[string]struct {
		picture image.Image
		fine    bool
	}{
		"light": {paint(light...), true}, "black": {paint(color.Black), false}, "white": {paint(color.White), false},
		"black shapes": {paint(append(light, color.Black, color.Black)...), false},
	} {
		if said := Wrong(test.picture); (said == "") != test.fine {
			t.Errorf("%s: %q", name, said)
		}
	}
}
