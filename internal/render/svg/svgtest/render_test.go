package svgtest

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/vicidial/terraform-provider-vicidial/internal/sandbox/apt"
)

// Renderer is a program that draws SVG.
type Renderer struct {
	Name string
	path string
	// draw writes what the program makes of documents into a folder.
	draw func(ctx context.Context, path, folder string, documents []document) ([]image.Image, error)
}

// document is a file with an SVG document and its size.
type document struct {
	path          string
	width, height int
}

// programs are the names under which the renderers are installed, and their packages.
// Ubuntu has no package of Chromium.
var programs = []struct {
	renderer Renderer
	names    []string
	packages [][]string
}{
	{Renderer{Name: "librsvg", draw: librsvg}, []string{"rsvg-convert"}, [][]string{{"librsvg2-bin", "fonts-dejavu-core"}}},
	{
		Renderer{Name: "Chromium", draw: chromium},
		[]string{"chromium-headless-shell", "chromium", "google-chrome"},
		[][]string{{"chromium-headless-shell"}, {"chromium"}},
	},
}

// Installed returns librsvg and, where the system has a package of it, Chromium, and
// installs what is missing as root on Debian or Ubuntu. It says so in log.
func Installed(ctx context.Context, log io.Writer) ([]Renderer, error) {
	var found []Renderer
	for _, program := range programs {
		path := find(program.names)
		if path == "" {
			var output bytes.Buffer
			fmt.Fprintln(log, "installing with apt:", program.renderer.Name)
			if err := apt.Install(ctx, &output, program.packages...); err != nil && (program.renderer.Name == "librsvg" || isDebian()) {
				return nil, fmt.Errorf("install %s, or a package like it: %w\n%s", program.packages[0][0], err, output.Bytes())
			}
			path = find(program.names)
		}
		if path != "" {
			program.renderer.path = path
			found = append(found, program.renderer)
		}
	}
	return found, nil
}

func find(names []string) string {
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func isDebian() bool {
	release, err := os.ReadFile("/etc/os-release")
	return err == nil && strings.Contains(string(release), "\nID=debian\n")
}

// Draw renders documents, and returns a picture of each.
func (r Renderer) Draw(ctx context.Context, documents ...[]byte) ([]image.Image, error) {
	folder, err := os.MkdirTemp("", "svg")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	var files []document
	for i, text := range documents {
		file := document{path: filepath.Join(folder, fmt.Sprintf("%d.svg", i))}
		if _, err := fmt.Sscanf(string(text), `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d"`, &file.width, &file.height); err != nil {
			return nil, fmt.Errorf("no size: %w", err)
		}
		if err := os.WriteFile(file.path, text, 0o600); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return r.draw(ctx, r.path, folder, files)
}

func librsvg(ctx context.Context, path, folder string, documents []document) ([]image.Image, error) {
	var pictures []image.Image
	for _, file := range documents {
		picture, err := run(ctx, filepath.Join(folder, "picture.png"), path, "--output", filepath.Join(folder, "picture.png"), file.path)
		if err != nil {
			return nil, err
		}
		pictures = append(pictures, picture)
	}
	return pictures, nil
}

// chromium draws all documents on one page, since its start takes longest.
func chromium(ctx context.Context, path, folder string, documents []document) ([]image.Image, error) {
	var page strings.Builder
	var places []image.Rectangle
	at, low, wide := image.Point{}, 0, 0
	for i, file := range documents {
		if i%3 == 0 {
			at = image.Pt(0, low)
		}
		place := image.Rect(at.X, at.Y, at.X+file.width, at.Y+file.height)
		fmt.Fprintf(&page, `<img src="file://%s" style="position:absolute;left:%dpx;top:%dpx">`, file.path, place.Min.X, place.Min.Y)
		places = append(places, place)
		at.X, low, wide = place.Max.X, max(low, place.Max.Y), max(wide, place.Max.X)
	}
	html, to := filepath.Join(folder, "page.html"), filepath.Join(folder, "page.png")
	if err := os.WriteFile(html, []byte(page.String()), 0o600); err != nil {
		return nil, err
	}
	all, err := run(ctx, to, path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
		"--user-data-dir="+filepath.Join(folder, "profile"), fmt.Sprintf("--window-size=%d,%d", wide, low), "--screenshot="+to, "file://"+html)
	if err != nil {
		return nil, err
	}
	var pictures []image.Image
	for _, place := range places {
		picture := image.NewRGBA(image.Rect(0, 0, place.Dx(), place.Dy()))
		draw.Draw(picture, picture.Bounds(), all, place.Min, draw.Src)
		pictures = append(pictures, picture)
	}
	return pictures, nil
}

// run runs a program and returns the picture that it has written.
func run(ctx context.Context, picture, path string, arguments ...string) (image.Image, error) {
	if output, err := exec.CommandContext(ctx, path, arguments...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", filepath.Base(path), err, output)
	}
	file, err := os.Open(picture)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return png.Decode(file)
}

// What a picture of the light scheme has, in percent of its pixels: at least so much
// ground and cards, and at most so much black, with which programs fill what has a color
// that they cannot read.
const (
	lightest = 60
	darkest  = 5
	fewest   = 12 // colors; those of edges are left out
)

// Wrong says what is wrong with the colors of a picture; "" for nothing.
func Wrong(picture image.Image) string {
	pixels, light, dark := 0, 0, 0
	counts := map[uint32]int{}
	for y := picture.Bounds().Min.Y; y < picture.Bounds().Max.Y; y++ {
		for x := picture.Bounds().Min.X; x < picture.Bounds().Max.X; x++ {
			r, g, b, a := picture.At(x, y).RGBA()
			pixels++
			counts[r>>8<<16|g>>8<<8|b>>8]++
			switch {
			case a < 0xffff:
				return fmt.Sprintf("transparent at %d,%d", x, y)
			case r+g+b > 3*0xd000:
				light++
			case r+g+b < 3*0x2000:
				dark++
			}
		}
	}
	colors := 0
	for _, count := range counts {
		if count >= 40 {
			colors++
		}
	}
	if pixels == 0 || 100*light < lightest*pixels || 100*dark > darkest*pixels || colors < fewest {
		return fmt.Sprintf("%d of %d pixels are light, %d dark; %d colors", light, pixels, dark, colors)
	}
	return ""
}
